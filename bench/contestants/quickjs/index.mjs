// Plugins as JavaScript in QuickJS, which is itself a WebAssembly module: one for each plugin, or a context each in one.

import variant from '@jitl/quickjs-singlefile-mjs-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';

const source = 'function add(left, right) { return (left + right) >>> 0; }';

/** A plugin in a context of a module. */
function start(module) {
  const context = module.newContext();
  context.unwrapResult(context.evalCode(source)).dispose();
  const add = context.getProp(context.global, 'add');
  const [left, right] = [context.newNumber(2), context.newNumber(3)];
  const sum = context.unwrapResult(context.callFunction(add, context.undefined, left, right));
  const answer = context.getNumber(sum);
  for (const value of [sum, left, right, add]) value.dispose();
  return { answer, end: () => context.dispose() };
}

/** Loads QuickJS, and starts a plugin in it. */
export const startCold = async () => start(await newQuickJSWASMModuleFromVariant(variant));

/** Starts plugins in a module that is there. */
export async function starter() {
  const module = await newQuickJSWASMModuleFromVariant(variant);
  return () => start(module);
}
