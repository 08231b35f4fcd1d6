// The guest of tests/parity in AssemblyScript; what it has to do stands in tests/parity/README.md.

import { IncomingMessage, Lease, OutgoingMessage, Result, Rights, lastError, lastWords, release } from "portcullis";
import { Cell } from "./cell";

@imports("parity/host@1", "func(thing: borrow<thing>) -> u32")
declare function value(thing: u32): u32;

@tries("parity/host@1", "func() -> u32")
declare function fail(): u32;

@imports("parity/host@1", "func(cell: own<parity/cell@1.cell>)")
declare function setCallback(cell: u32): void;

@imports("parity/host@1", "func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32")
declare function answer(message: u32, a: u32): i32;

@imports("parity/host@1", "func(lease: borrow<portcullis/kernel@1.lease>) -> u32")
declare function fill(lease: u32): u32;

@imports("parity/counter@1", "func(counter: borrow<counter>, by: u32) -> u32", "count")
declare function countOn(counter: u32, by: u32): u32;

/** What the error of `divide` means. */
const DIVIDED_BY_ZERO: u32 = 256;

/** What `keep` was given; 0 for nothing. */
let kept: u32 = 0;

/** A value of each type. */
class Scalars {
  constructor(
    public a: bool, public b: i8, public c: u8, public d: i16, public e: u16, public f: i32,
    public g: u32, public h: i64, public i: u64, public j: f32, public k: f64, public l: u32,
  ) {}
}

@exports("parity/guest@1", "func(a: bool, b: s8, c: u8, d: s16, e: u16, f: s32, g: u32, h: s64, i: u64, j: f32, k: f64, l: char) -> tuple<bool, s8, u8, s16, u16, s32, u32, s64, u64, f32, f64, char>")
function scalars(a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: i64, i: u64, j: f32, k: f64, l: u32): Scalars {
  return new Scalars(a, b, c, d, e, f, g, h, i, j, k, l);
}

@exports("parity/guest@1", "func(name: string) -> string")
function greet(name: string): string {
  return "Hello, " + name + "!";
}

@exports("parity/guest@1", "func(values: list<u16>) -> list<u16>")
function reverse(values: StaticArray<u16>): StaticArray<u16> {
  return values.reverse();
}

@exports("parity/guest@1", "func(values: list<f64>) -> f64")
function sum(values: StaticArray<f64>): f64 {
  let sum: f64 = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  return sum;
}

@exports("parity/guest@1", "func(left: s32, right: s32) -> result<s32, error>")
function divide(left: i32, right: i32): Result<i32, u32> {
  if (right == 0) return Result.err<i32, u32>(DIVIDED_BY_ZERO);
  return Result.ok<i32, u32>(left / right);
}

@exports("parity/guest@1", "func() -> u32", "last-error")
function errorOfFail(): u32 {
  fail();
  return lastError();
}

@exports("parity/guest@1", "func(thing: borrow<parity/host@1.thing>) -> u32")
function look(thing: u32): u32 {
  return value(thing) + 1;
}

@exports("parity/guest@1", "func(thing: own<parity/host@1.thing>)")
function keep(thing: u32): void {
  if (kept != 0) release(kept);
  kept = thing;
}

@exports("parity/guest@1", "func() -> option<own<parity/host@1.thing>>")
function give(): u32 {
  const given = kept;
  kept = 0;
  return given;
}

@exports("parity/guest@1", "func(counter: borrow<parity/counter@1.counter>, by: u32) -> u32")
function count(counter: u32, by: u32): u32 {
  return countOn(counter, by);
}

@exports("parity/guest@1", "func()")
function register(): void {
  setCallback(Cell.mint(new Cell(100)));
}

@exports("parity/guest@1", "func(message: borrow<portcullis/kernel@1.message>, a: u32, b: u32) -> s32")
function receive(cap: u32, a: u32, b: u32): i32 {
  const message = new IncomingMessage(cap);
  const data = message.receive();
  for (let index = 0; index < data.length; index++) data[index] += 1;
  message.reply(data, message.caps);
  return a + b + data.length;
}

@exports("parity/guest@1", "func(data: list<u8>) -> s32")
function send(data: StaticArray<u8>): i32 {
  const message = new OutgoingMessage(data, [Cell.mint(new Cell(7))], 256, 1);
  let total = answer(message.cap, 5);
  const bytes = message.answer;
  for (let index = 0; index < bytes.length; index++) total += bytes[index];
  const caps = message.answerCaps;
  for (let index = 0; index < caps.length; index++) {
    total += 1000;
    release(caps[index]);
  }
  message.free();
  return total;
}

@exports("parity/guest@1", "func(lease: borrow<portcullis/kernel@1.lease>) -> u32")
function invert(cap: u32): u32 {
  const lease = new Lease(cap);
  const bytes = new StaticArray<u8>(lease.length);
  lease.read(0, bytes);
  for (let index = 0; index < bytes.length; index++) bytes[index] = 255 - bytes[index];
  lease.write(0, bytes);
  return bytes.length;
}

@exports("parity/guest@1", "func(size: u32) -> u32")
function lend(size: u32): u32 {
  const bytes = new StaticArray<u8>(256);
  for (let index = 0; index < bytes.length; index++) bytes[index] = <u8>index;
  const lease = Lease.on(bytes, size, Rights.CALL | Rights.READ | Rights.WRITE);
  fill(lease.cap);
  let total = lease.written * 100_000;
  lease.end();
  for (let index = 0; index < bytes.length; index++) total += bytes[index];
  return total;
}

@exports("parity/guest@1", "func()")
function trap(): void {
  unreachable();
}

@exports("parity/guest@1", "func(words: string)")
function panic(words: string): void {
  lastWords(words);
  unreachable();
}
