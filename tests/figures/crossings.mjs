// Two ways for arguments to cross a frame of JavaScript: as numbers of JavaScript, or as the address of a record in memory.

import { compare } from '../../bench/measure.mjs';
import { pairs } from '../../bench/plugins/calls.mjs';
import { crossings as kinds } from './plugins.mjs';

const failed = () => 1;

// One frame for each number of arguments, as the kernel has one for an address.
const frames = {
  record() {
    let callee;
    const frame = (address) => {
      try {
        return callee(address);
      } catch (error) {
        return failed(error);
      }
    };
    return { frame, connect: (half) => (callee = half) };
  },
  three() {
    let callee;
    const frame = (a, b, c) => {
      try {
        return callee(a, b, c);
      } catch (error) {
        return failed(error);
      }
    };
    return { frame, connect: (half) => (callee = half) };
  },
  eight() {
    let callee;
    const frame = (a, b, c, d, e, f, g, h) => {
      try {
        return callee(a, b, c, d, e, f, g, h);
      } catch (error) {
        return failed(error);
      }
    };
    return { frame, connect: (half) => (callee = half) };
  },
};

const titles = {
  'three-small': 'three small integers',
  'three-large': 'two large integers and a real number',
  'eight-small': 'eight small integers',
  'eight-large': 'four large integers and four real numbers',
};

async function instantiate(bytes, imports) {
  return (await WebAssembly.instantiate(bytes, imports)).instance.exports;
}

async function pair(plugin, memory, number) {
  const far = await instantiate(await plugin(`crossing-to-${number}`), { k: { memory } });
  const imports = {};
  for (const { name } of kinds) {
    for (const [way, make] of [['numbers', frames[name.split('-')[0]]], ['record', frames.record]]) {
      const { frame, connect } = make();
      connect(far[`${name}-${way}`]);
      imports[`${name}-${way}`] = frame;
    }
  }
  const near = await instantiate(await plugin(`crossing-from-${number}`), { k: { memory }, f: imports });
  return { near, far };
}

/**
 * @param {import('./figures.mjs').Environment} environment
 * @returns {Promise<{ title: string, figures: import('../../bench/measure.mjs').Figure[] }[]>}
 */
export async function crossings({ plugin }) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const made = [];
  for (let number = 0; number < pairs; number += 1) made.push(await pair(plugin, memory, number));
  const results = [];
  for (const { name } of kinds) {
    const contestant = (way, label) => ({
      name: label,
      run(count) {
        const share = Math.max(1, Math.round(count / made.length));
        for (const { near } of made) near[`${name}-${way}`](share);
        return share * made.length;
      },
    });
    const figures = await compare([contestant('numbers', 'as numbers'), contestant('record', 'as a record')]);
    results.push({ title: titles[name], figures });
  }
  return results;
}
