// Functions of the kernel's form around functions of AssemblyScript, as text.

import { direct, flat, layout, payload, record, scalarType } from './signature.mjs';

/** What a tuple's members are called in `Tuple2` and the like. */
const letters = 'abcdefghijklmnop';

/** AssemblyScript's type for a core type. */
const coreType = (core, type) => (core === 'i32' ? (type.kind === 'scalar' ? scalarType(type.scalar) : 'usize') : core);

/** A declaration's types, as they were written. */
const written = (declaration) => ({
  parameters: declaration.signature.parameters.map((parameter) => ({ name: parameter.name.text, type: parameter.type.range.toString() })),
  result: declaration.signature.returnType.range.toString() || 'void',
});

function checkCount(signature, parameters) {
  if (signature.parameters.length !== parameters.length) {
    throw new Error(`its signature has ${signature.parameters.length} parameters, and the function ${parameters.length}`);
  }
}

/** Stores a value at an offset of local `place`. */
function store(type, value, offset) {
  switch (type.kind) {
    case 'scalar':
      return `store<${scalarType(type.scalar)}>(place, ${value}, ${offset});`;
    case 'string':
      return `__portcullis_storeString(place + ${offset}, ${value});`;
    case 'list':
      return `__portcullis_storeList<${scalarType(type.scalar)}>(place + ${offset}, ${value});`;
    case 'option':
      return `store<u8>(place, ${value} != 0 ? 1 : 0, ${offset}); store<u32>(place, ${value}, ${offset + 4});`;
    default:
      return `store<u32>(place, ${value}, ${offset});`;
  }
}

/** A value as it was stored at an offset of local `place`. */
function loaded(type, offset) {
  switch (type.kind) {
    case 'scalar':
      return `load<${scalarType(type.scalar)}>(place, ${offset})`;
    case 'string':
      return `__portcullis_liftString(load<u32>(place, ${offset}), load<u32>(place, ${offset + 4}))`;
    case 'list':
      return `__portcullis_liftList<${scalarType(type.scalar)}>(load<u32>(place, ${offset}), load<u32>(place, ${offset + 4}))`;
    case 'option':
      return `(load<u8>(place, ${offset}) != 0 ? load<u32>(place, ${offset + 4}) : 0)`;
    default:
      return `load<u32>(place, ${offset})`;
  }
}

/** What results take in memory, and where each lies. */
function results(signature) {
  if (signature.error === undefined) return { ...record(signature.ok), error: 0 };
  const start = payload(signature);
  const ok = record(signature.ok);
  const size = start + Math.max(ok.size, layout(signature.error).size);
  return { offsets: ok.offsets.map((offset) => start + offset), size: Math.ceil(size / start) * start, error: start };
}

/** Whether parameters are stored, for there are too many of them. */
const stored = (signature) => signature.parameters.flatMap(({ type }) => flat(type)).length > 16;

/** Parameters of the core function and the values that they come to. */
function incoming(signature, types) {
  const list = signature.parameters.map(({ type }) => type);
  if (stored(signature)) {
    const { offsets } = record(list);
    const values = list.map((type, index) => cast(loaded(type, offsets[index]), type, types[index]));
    return { parameters: ['place: usize'], values, after: 'heap.free(place);' };
  }
  const parameters = [];
  const values = list.map((type, index) => {
    const names = flat(type).map((core, part) => {
      const name = `p${index}_${part}`;
      parameters.push(`${name}: ${coreType(core, type)}`);
      return name;
    });
    switch (type.kind) {
      case 'string':
        return `__portcullis_liftString(${names.join(', ')})`;
      case 'list':
        return `__portcullis_liftList<${scalarType(type.scalar)}>(${names.join(', ')})`;
      case 'option':
        return `(${names[0]} != 0 ? <u32>${names[1]} : 0)`;
      default:
        return cast(names[0], type, types[index]);
    }
  });
  return { parameters, values, after: '' };
}

/** A capability or badge as the function wants it: a number, or an object of its class. */
function cast(value, type, wanted) {
  if (type.kind !== 'borrow' && type.kind !== 'own') return value;
  return ['u32', 'i32', 'usize', 'Cap'].includes(wanted) ? `<u32>${value}` : `changetype<${wanted}>(<usize>${value})`;
}

/** The values that a function's result is made of. */
function members(signature, value) {
  if (signature.ok.length === 0) return [];
  return signature.tuple ? signature.ok.map((_, index) => `${value}.${letters[index]}`) : [value];
}

/** Text that has to be given back when the kernel has copied it. */
const isText = ({ kind }) => kind === 'string' || kind === 'list';

/**
 * A function that the kernel calls.
 *
 * @returns {{ code: string, names: [string, string][] }} its text, and names of functions with those under which they are exported
 */
export function exported({ interfaceName, name, signature, number, declaration }) {
  const { parameters, result } = written(declaration);
  checkCount(signature, parameters);
  const label = `${interfaceName}#${name}`;
  const inner = declaration.name.text;
  const half = `__portcullis_e${number}`;
  const { parameters: core, values, after } = incoming(signature, parameters.map(({ type }) => type));
  const call = `${inner}(${values.join(', ')})`;
  const names = [[half, label]];
  const give = direct(signature);
  if (give === 'void') return { code: `export function ${half}(${core.join(', ')}): void { ${call}; ${after} }`, names };
  if (give !== undefined && signature.error === undefined) {
    const [type] = signature.ok;
    return { code: `export function ${half}(${core.join(', ')}): ${coreType(give, type)} { const result = ${call}; ${after} return result; }`, names };
  }
  if (give !== undefined) {
    return { code: `export function ${half}(${core.join(', ')}): u32 { const result = ${call}; ${after} return result.failed ? 1 : 0; }`, names };
  }
  const { offsets, size, error } = results(signature);
  const ok = members(signature, signature.error === undefined ? 'result' : 'result.value');
  const storeAll = signature.ok.map((type, index) => store(type, ok[index], offsets[index])).join(' ');
  const body =
    signature.error === undefined
      ? storeAll
      : `store<u8>(place, result.failed ? 1 : 0);
         if (result.failed) { ${signature.error.kind === 'none' ? '' : store(signature.error, 'result.error', error)} } else { ${storeAll} }`;
  const lines = [
    `const __portcullis_r${number}: usize = memory.data(${size}, 8);`,
    `export function ${half}(${core.join(', ')}): usize {
      const result: ${result} = ${call}; ${after}
      const place = __portcullis_r${number};
      ${body}
      return place;
    }`,
  ];
  const free = (types, at) => types.map((type, index) => (isText(type) ? `__portcullis_freeStored(place + ${at[index]});` : '')).join(' ');
  const texts = [...signature.ok, ...(signature.error === undefined ? [] : [signature.error])];
  if (texts.some(isText)) {
    const post = `__portcullis_f${number}`;
    const freeAll =
      signature.error === undefined ? free(signature.ok, offsets) : `if (load<u8>(place) != 0) { ${free([signature.error], [error])} } else { ${free(signature.ok, offsets)} }`;
    lines.push(`export function ${post}(place: usize): void { ${freeAll} }`);
    names.push([post, `cabi_post_${label}`]);
  }
  return { code: lines.join('\n'), names };
}

/** Arguments of the core function for the values of the parameters, with what has to be there before. */
function outgoing(signature, names) {
  const before = [];
  const values = signature.parameters.flatMap(({ type }, index) => {
    const name = names[index];
    switch (type.kind) {
      case 'string':
        before.push(`const t${index} = __portcullis_lowerString(${name});`);
        return [`changetype<usize>(t${index})`, `<usize>t${index}.byteLength`];
      case 'list':
        // Nothing at all may lie anywhere that is aligned.
        return [`(${name}.length == 0 ? <usize>8 : changetype<usize>(${name}))`, `<usize>${name}.length`];
      case 'option':
        return [`<usize>(${name} != 0 ? 1 : 0)`, `<usize>${name}`];
      default:
        return [type.kind === 'scalar' ? name : `<usize>${name}`];
    }
  });
  return { before, values };
}

/** A function of AssemblyScript that calls an import. */
function importedWith({ interfaceName, name, signature, number, declaration }, check) {
  const { parameters, result } = written(declaration);
  checkCount(signature, parameters);
  if (stored(signature)) throw new Error('so many parameters are more than this can import: pass some of them in a list');
  const raw = `__portcullis_i${number}`;
  const core = signature.parameters.flatMap(({ type }, index) => flat(type).map((one, part) => `p${index}_${part}: ${coreType(one, type)}`));
  const { before, values } = outgoing(signature, parameters.map((parameter) => parameter.name));
  const give = direct(signature);
  const returned = give === undefined ? 'void' : give === 'void' ? 'void' : coreType(give, signature.ok[0] ?? { kind: 'none' });
  if (give === undefined) core.push('place: usize');
  const external = `@external("${interfaceName}", "${name}") declare function ${raw}(${core.join(', ')}): ${returned};`;
  const failed = check ? `__portcullis_refused("${interfaceName}#${name}");` : '';
  const isExported = declaration.flags & 2 ? 'export ' : '';
  const head = `${isExported}function ${declaration.name.text}(${parameters.map((parameter) => `${parameter.name}: ${parameter.type}`).join(', ')}): ${result}`;
  let tail;
  if (give === 'void') tail = `${raw}(${values.join(', ')}); ${failed}`;
  else if (give !== undefined && signature.error === undefined) tail = `const result = ${raw}(${values.join(', ')}); ${failed} return <${result}>result;`;
  else if (give !== undefined) tail = `const code = ${raw}(${values.join(', ')}); ${failed} return code != 0 ? ${result}.err(0) : ${result}.ok(0);`;
  else tail = afterStored(signature, { raw, values, number, result, failed });
  const place = give === undefined ? `const __portcullis_r${number}: usize = memory.data(${results(signature).size}, 8);\n` : '';
  return `${external}\n${place}${head} { ${before.join(' ')} ${tail} }`;
}

/** The end of a function whose results are stored. */
function afterStored(signature, { raw, values, number, result, failed }) {
  const { offsets, size, error } = results(signature);
  // Whatever the kernel does not store, because the call failed, is nothing.
  const call = `const place = __portcullis_r${number}; memory.fill(place, 0, ${size}); ${raw}(${[...values, 'place'].join(', ')}); ${failed}`;
  const all = signature.ok.map((type, index) => loaded(type, offsets[index]));
  const ok = signature.tuple ? `new Tuple${all.length}(${all.join(', ')})` : (all[0] ?? '0');
  if (signature.error === undefined) return `${call} return ${ok};`;
  const [, okType, errorType] = /^Result<(.*),\s*([^,]*)>$/.exec(result) ?? [];
  if (okType === undefined) throw new Error(`what it gives is a Result<T, E>, not ${result}`);
  const wrong = signature.error.kind === 'none' ? '0' : loaded(signature.error, error);
  return `${call} return load<u8>(place) != 0 ? Result.err<${okType}, ${errorType}>(${wrong}) : Result.ok<${okType}, ${errorType}>(${ok});`;
}

/** A function that ends the process if the call fails for a reason of the kernel's. */
export const imported = (wanted) => importedWith(wanted, true);

/** A function that leaves it to the caller to look at `lastError()`. */
export const tried = (wanted) => importedWith(wanted, false);
