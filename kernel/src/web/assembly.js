// Puts the pieces of a process together: what its gate and it are instantiated with, and what is connected when they are there.
//
// This is JavaScript because there are many small steps, each with a name in it: to bring a name from the kernel to the engine takes
// longer than the step. What all processes of a plugin have in common is a *recipe*, which is made once: names as they are in the
// plugin, names of halves as they are in its gate. All objects that it makes are without a prototype, so that no import name finds
// anything that was not granted.

/**
 * What all processes of a plugin have in common.
 * @typedef {object} Recipe
 * @property {[module: string, name: string, half: string][]} functions what it imports, and which half of the gate that is
 * @property {[module: string, name: string] | undefined} fuel
 * @property {[module: string, name: string] | undefined} memory
 * @property {[module: string, name: string][]} constants
 * @property {[place: number, name: string][]} table which of its exports go where in the table of its gate
 * @property {number} exports how many
 * @property {number} destructors how many
 */

/** Begins a recipe. */
export function recipe(exports, destructors) {
  return { functions: [], fuel: undefined, memory: undefined, constants: [], table: [], exports, destructors };
}

/** Adds an imported function. */
export function addFunction({ functions }, module, name, half) {
  functions.push([module, name, half]);
}

/** Adds an imported constant. */
export function addConstant({ constants }, module, name) {
  constants.push([module, name]);
}

/** Says as what it imports its memory. */
export function setMemory(made, module, name) {
  made.memory = [module, name];
}

/** Says as what it imports the fuel. */
export function setFuel(made, module, name) {
  made.fuel = [module, name];
}

/** Adds an export that its gate calls by way of its table. */
export function addEntry({ table }, place, name) {
  table.push([place, name]);
}

/** A memory for a process, with its hard maximum in pages. */
export function newMemory(initial, maximum) {
  return new WebAssembly.Memory({ initial, maximum });
}

/** Bytes of a memory. */
export function bytesOf(memory) {
  return memory.buffer.byteLength;
}

const nothing = new Uint8Array(0);

/**
 * What a gate imports to move bytes. `pending` holds what the host gives or takes in the call that is running:
 * `sources`, byte arrays in the order in which lists go in; `sink`, which takes lists that come out.
 * @param {WebAssembly.Memory | undefined} memory of the process
 * @param {{ sources: Uint8Array[], sink: ((bytes: Uint8Array) => void) | undefined }} pending
 */
function movers(memory, pending) {
  let bytes = nothing;
  // A memory that grew has a new buffer; an old view is empty, never stale. To ask for the buffer costs more than to look at a length.
  const refresh = () => {
    if (memory !== undefined && bytes.length === 0) bytes = new Uint8Array(memory.buffer);
  };
  return {
    __proto__: null,
    fill(to, length) {
      refresh();
      to >>>= 0; length >>>= 0;
      const source = pending.sources.shift();
      if (source === undefined || source.length !== length || to + length > bytes.length) return 0;
      bytes.set(source, to);
      return 1;
    },
    drain(from, length) {
      refresh();
      from >>>= 0; length >>>= 0;
      if (from + length > bytes.length || pending.sink === undefined) return 0;
      pending.sink(bytes.subarray(from, from + length));
      return 1;
    },
  };
}

/**
 * What a gate imports to copy between a process and the kernel, where the engine does not let it have both memories.
 * @param {WebAssembly.Memory} kernelMemory
 * @param {WebAssembly.Memory} memory of the process
 */
function copiers(kernelMemory, memory) {
  let kernelBytes = nothing;
  let bytes = nothing;
  const refresh = () => {
    if (kernelBytes.length === 0) kernelBytes = new Uint8Array(kernelMemory.buffer);
    if (bytes.length === 0) bytes = new Uint8Array(memory.buffer);
  };
  const copy = (target, to, source, from, length) => {
    if (length === 0) return;
    target.set(source.subarray(from, from + length), to);
  };
  const functions = {
    copy_in(to, from, length) {
      refresh();
      to >>>= 0; from >>>= 0; length >>>= 0;
      if (from + length > bytes.length) return 0;
      copy(kernelBytes, to, bytes, from, length);
      return 1;
    },
    copy_out(to, from, length) {
      refresh();
      to >>>= 0; from >>>= 0; length >>>= 0;
      if (to + length > bytes.length) return 0;
      copy(bytes, to, kernelBytes, from, length);
      return 1;
    },
  };
  // Called once with nothing to do, they are compiled: a caller may have too little stack left for that.
  functions.copy_in(0, 0, 0);
  functions.copy_out(0, 0, 0);
  return functions;
}

/**
 * What a gate is instantiated with.
 * @param {object} kernel what all gates import
 * @param {number} process its number
 * @param {number} header the address of its header
 * @param {Int32Array} slots of its imports; read at once, for it is a view of the kernel's memory
 * @param {(WebAssembly.Global | undefined)[] | undefined} headers for each import that goes straight to an export of another one of the
 *   group, what holds the address of that one's header
 * @param {WebAssembly.Memory | undefined} memory of the process
 * @param {boolean} twoMemories whether the gate has both memories
 */
export function gateImports(kernel, process, header, slots, headers, memory, pending, twoMemories) {
  const own = movers(memory, pending);
  if (memory !== undefined) {
    own.memory = memory;
    if (!twoMemories) {
      const { copy_in, copy_out } = copiers(kernel.memory, memory);
      own.copy_in = copy_in;
      own.copy_out = copy_out;
    }
  }
  const bound = { __proto__: null, process, header };
  for (let index = 0; index < slots.length; index += 1) bound[index] = slots[index];
  headers?.forEach((header, index) => {
    if (header !== undefined) bound[`h${index}`] = header;
  });
  return { __proto__: null, k: kernel, p: own, s: bound };
}

/**
 * What a plugin is instantiated with: halves of its gate, constants, its memory.
 * @param {Recipe} recipe
 * @param {WebAssembly.Exports} gate
 * @param {WebAssembly.Memory | undefined} memory
 * @param {unknown[]} constants the values, in order
 * @param {WebAssembly.Global} fuel
 */
export function pluginImports(recipe, gate, memory, constants, fuel) {
  const imports = { __proto__: null };
  const put = (module, name, value) => {
    const level = (imports[module] ??= { __proto__: null });
    level[name] = value;
  };
  for (const [module, name, half] of recipe.functions) put(module, name, gate[half]);
  if (recipe.fuel !== undefined) put(recipe.fuel[0], recipe.fuel[1], fuel);
  recipe.constants.forEach(([module, name], index) => put(module, name, constants[index]));
  if (recipe.memory !== undefined) put(recipe.memory[0], recipe.memory[1], memory);
  return imports;
}

/**
 * Puts what the plugin exports into the table of its gate, and what the gate exports into its slots.
 * @param {Recipe} recipe
 * @param {WebAssembly.Exports} gate
 * @param {WebAssembly.Exports} exports
 * @param {WebAssembly.Table} slots
 * @param {Uint32Array} served the slots of its exports, in order
 * @param {(half: Function) => Function} contain
 * @returns {{ frames: Function[], halves: Function[], destructors: Function[] }} halves of its exports, contained, as the host may
 *   call them; the same, not contained, for calls that can be suspended; and its destructors, contained
 */
export function connect(recipe, gate, exports, slots, served, contain) {
  const { t } = gate;
  for (const [place, name] of recipe.table) t.set(place, exports[name]);
  const halves = [];
  const frames = [];
  let most = -1;
  for (let index = 0; index < served.length; index += 1) most = Math.max(most, served[index]);
  if (most >= slots.length) slots.grow(Math.max(most + 1 - slots.length, slots.length));
  for (let index = 0; index < recipe.exports; index += 1) {
    const half = gate[`e${index}`];
    halves.push(half);
    frames.push(contain(half));
    slots.set(served[index], half);
  }
  const destructors = [];
  for (let index = 0; index < recipe.destructors; index += 1) destructors.push(contain(gate[`d${index}`]));
  return { frames, halves, destructors };
}
