// What generated functions are made of: values of AssemblyScript to the kernel's form of them, and back.

import { takeStatus } from "portcullis-runtime";

/** Ends the process because a call of an import failed. */
export function refused(label: string): void {
  const code = takeStatus();
  if (code != 0) throw new Error(label + " failed with the kernel's error " + code.toString());
}

/** A string that arrived. */
export function liftString(address: usize, length: usize): string {
  const text = String.UTF8.decodeUnsafe(address, length);
  if (length != 0) heap.free(address);
  return text;
}

/** A list that arrived. */
export function liftList<T>(address: usize, count: usize): StaticArray<T> {
  const list = new StaticArray<T>(<i32>count);
  if (count != 0) {
    memory.copy(changetype<usize>(list), address, count << alignof<T>());
    heap.free(address);
  }
  return list;
}

/** A string as bytes that stay where they are, until they are freed; with it come how many there are. */
export function lowerString(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}

/** Stores a string as a result, in memory of its own. */
export function storeString(place: usize, text: string): void {
  const bytes = String.UTF8.encode(text);
  storeBytes(place, changetype<usize>(bytes), bytes.byteLength, bytes.byteLength);
}

/** Stores a list as a result, in memory of its own. */
export function storeList<T>(place: usize, list: StaticArray<T>): void {
  storeBytes(place, changetype<usize>(list), list.length << alignof<T>(), list.length);
}

function storeBytes(place: usize, from: usize, size: usize, count: usize): void {
  let address: usize = 8;
  if (size != 0) {
    address = heap.alloc(size);
    memory.copy(address, from, size);
  }
  store<u32>(place, <u32>address);
  store<u32>(place, <u32>count, 4);
}

/** Frees what {@link storeString} or {@link storeList} stored. */
export function freeStored(place: usize): void {
  if (load<u32>(place, 4) != 0) heap.free(load<u32>(place));
}
