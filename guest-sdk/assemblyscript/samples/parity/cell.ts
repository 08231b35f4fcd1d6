// `parity/cell@1`: objects of this plugin's own.

import { release, revoke as revokeForAll } from "portcullis";

/** How many cells are over. */
let over: u32 = 0;

/** A number that can be added to. */
@object("parity/cell@1")
export class Cell {
  constructor(public value: u32) {}

  /** Nobody holds it any more. */
  dropped(): void {
    over += 1;
  }
}

@exports("parity/cell@1", "func(value: u32) -> own<cell>")
function create(value: u32): u32 {
  return Cell.mint(new Cell(value));
}

@exports("parity/cell@1", "func(cell: borrow<cell>, by: u32) -> u32")
function add(cell: Cell, by: u32): u32 {
  cell.value += by;
  return cell.value;
}

@exports("parity/cell@1", "func(cell: own<cell>) -> u32")
function consume(cap: u32): u32 {
  const value = Cell.of(cap).value;
  release(cap);
  return value;
}

@exports("parity/cell@1", "func(cell: own<cell>)")
function revoke(cap: u32): void {
  revokeForAll(cap);
  release(cap);
}

@exports("parity/cell@1", "func() -> u32")
function destroyed(): u32 {
  return over;
}
