// What every plugin exports for the kernel. The transform has the entry file export it.

/** Where the kernel stores the code of a call that failed. */
const statusWord: usize = memory.data(4);

/** The address of the status word. */
export function portcullis_status(): usize {
  return statusWord;
}

/** Memory for strings and lists that arrive; the function that they are for gives it back. */
export function cabi_realloc(old: usize, oldSize: usize, alignment: usize, size: usize): usize {
  return old == 0 ? heap.alloc(size) : heap.realloc(old, size);
}

/** Takes the code of the last call that failed; 0 for none. */
export function takeStatus(): u32 {
  const code = load<u32>(statusWord);
  store<u32>(statusWord, 0);
  return code;
}
