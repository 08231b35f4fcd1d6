// Bytes that are no module, or that were one.

import { emptyModule } from '../suite/bytes.mjs';
import { ok } from '../suite/assert.mjs';

const text = (string) => new TextEncoder().encode(string);

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 1, 0, 0x48);

/** Bytes that are no module, with what is said of them. */
export const strangers = {
  'an empty file': [new Uint8Array(), 'these bytes are no WebAssembly module: the file is empty'],
  'one byte': [Uint8Array.of(0), 'it does not start with the WebAssembly header'],
  'a cut header': [emptyModule.slice(0, 7), 'its WebAssembly version is unknown'],
  'a JPEG picture': [jpeg, 'these bytes are no WebAssembly module: this is a JPEG picture'],
  'a PNG picture': [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), 'this is a PNG picture'],
  'an HTML page': [text('<!doctype html><title>Not found</title>'), 'this is an HTML or XML text, perhaps the error page of a server'],
  'WebAssembly text': [text('\n  (module)'), 'this is WebAssembly text; it has to be assembled first'],
  'another text': [text('{"error": "not found"}'), 'this is a text'],
  'a ZIP archive': [text('PK\u0003\u0004......'), 'this is a ZIP archive'],
  'a component': [Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), 'this is a WebAssembly component; a core module is needed'],
  'a module of another version': [Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), 'its WebAssembly version is unknown'],
};

/** Whatever the bytes are: they load and end again, or they are refused in a sentence. Gives which. */
export async function outcomeOf(stage, bytes) {
  try {
    const process = await stage.kernel.spawn(bytes, { name: 'damaged', deadline: 200, imports: { 'test/host@1': quiet(stage) } });
    stage.expectKill(process);
    return 'loaded';
  } catch (error) {
    ok(error?.name === 'PortcullisError', `${error?.stack ?? error}`);
    ok(error.message.length > 20 && !/[\u0000-\u001f]/.test(error.message), error.message);
    return error.code;
  }
}

const interfaces = new WeakMap();

/** An interface that does nothing, once a stage. */
function quiet(stage) {
  if (!interfaces.has(stage)) interfaces.set(stage, stage.provide('test/host@1', 'act: func()', { act() {} }));
  return interfaces.get(stage);
}
