// How a plugin is started, here and elsewhere, up to its first answer.

import { variants } from '../plugins/life-variants.mjs';

/**
 * A road on which plugins start.
 *
 * @typedef {object} Starter
 * @property {string} name
 * @property {number} weight how many times as dear as others it is to start one: fewer are started then
 * @property {number} [most] how many there are that each have code of their own, if not enough for all rounds
 * @property {(number: number) => Promise<unknown>} bytes what a plugin is started from; each number has code of its own
 * @property {(bytes: unknown) => Promise<unknown>} compile what is kept so that the next one starts quickly
 * @property {(source: unknown) => Promise<{ end: () => void | Promise<void> }>} start from bytes, or from what was compiled; it has
 *   answered then
 */

/** What is asked of each plugin first. */
const questions = {
  small: { export: 'bench/small@1#add', values: [2, 3], answer: 5, imports: [] },
  invert: { export: 'paint/filter@1#prepare', values: [16, 16], imports: [['portcullis', 'fault'], ['portcullis', 'handle_create']] },
};

function check(answer, question, who) {
  if (question.answer !== undefined && answer !== question.answer) throw new Error(`${who} answered ${answer}`);
}

const compileEngine = (bytes) => WebAssembly.compile(bytes);

/** Each number once: variants of different contestants never are the same. */
const bytesOf = (environment, which, place, of) => (number) => environment.plugin(`life/${which}-${(number * of + place) % variants}`);

function portcullis({ kernel }, which) {
  const { export: label, values, ...question } = questions[which];
  return {
    name: 'portcullis',
    compile: (bytes) => kernel.compile(bytes),
    async start(source) {
      const process = await kernel.spawn(source);
      check(await process.call(label, values), question, 'a plugin');
      return { end: () => process.kill(), process };
    },
  };
}

/** Nothing but the engine, in this page or in a frame: it protects nobody. */
function bare({ WebAssembly: engine }, which) {
  const question = questions[which];
  const imports = Object.fromEntries(question.imports.map(([space]) => [space, {}]));
  for (const [space, name] of question.imports) imports[space][name] = () => 0;
  return async (source) => {
    const module = source instanceof Uint8Array ? await engine.compile(source) : source;
    const { exports } = await engine.instantiate(module, imports);
    exports._initialize?.();
    check(exports[question.export](...question.values), question, 'an instance');
    return { end() {}, exports };
  };
}

/** A worker for each. */
function inWorker({ worker }, which) {
  const { export: label, values, imports, answer } = questions[which];
  return async (wasm) => {
    const { port, terminate } = await worker('fresh-worker');
    const answered = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
    port.postMessage({ wasm, imports, question: { export: label, values } });
    check(await answered, { answer }, 'a worker');
    return {
      end() {
        port.close();
        return terminate();
      },
    };
  };
}

/** A frame for each, of the page's own origin: with one of another origin it takes longer. */
function inFrame(which) {
  return async (source) => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const started = await bare(frame.contentWindow, which)(source);
    return { ...started, end: () => frame.remove() };
  };
}

/** A component by way of jco: its JavaScript is loaded with it. */
function jco({ built, file }) {
  const load = (core) => file(`jco/${core}`).then(WebAssembly.compile);
  const start = async ({ instantiate }, core) => {
    const { canvas } = await instantiate(core, {});
    // Each of them adds a number of its own.
    if (typeof canvas.add(2, 3) !== 'number') throw new Error('a component did not answer');
    return { end() {}, canvas };
  };
  return {
    name: 'jco',
    most: 8,
    bytes: async (number) => `jco/canvas-${number % 8}.js`,
    async compile(address) {
      const modules = new Map();
      const made = await built(address);
      await made.instantiate(async (core) => {
        modules.set(core, await load(core));
        return modules.get(core);
      }, {});
      return { made, modules };
    },
    start: async (source) => (typeof source === 'string' ? start(await built(source), load) : start(source.made, async (core) => source.modules.get(core))),
  };
}

/**
 * All roads on which a plugin can start, the limit last.
 *
 * @param {import('../run.mjs').Environment} environment
 * @param {'small' | 'invert'} which
 * @returns {Promise<Starter[]>}
 */
export async function starters(environment, which) {
  const own = [
    { ...portcullis(environment, which) },
    { name: 'a Worker each', weight: 10, compile: compileEngine, start: inWorker(environment, which) },
    ...(environment.features.node ? [] : [{ name: 'an iframe each', weight: 10, compile: compileEngine, start: inFrame(which) }]),
    { name: 'bare instantiate', compile: compileEngine, start: bare(globalThis, which) },
  ];
  const wasm = own.map((starter, place) => ({ weight: 1, ...starter, bytes: bytesOf(environment, which, place, own.length) }));
  if (which !== 'small') return wasm;
  const extism = await environment.contestant('extism-start');
  const quickjs = await environment.contestant('quickjs');
  const others = [
    { name: 'Extism', weight: 1, bytes: (number) => environment.plugin(`life/extism-${number}`), compile: compileEngine, start: extism.start },
    { weight: 1, ...jco(environment) },
    { name: 'quickjs-emscripten', weight: 1, bytes: async () => 'cold', compile: quickjs.starter, start: async (source) => (source === 'cold' ? quickjs.startCold() : source()) },
  ];
  return [...wasm.slice(0, 1), ...others, ...wasm.slice(1)];
}
