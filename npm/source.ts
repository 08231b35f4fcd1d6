// Where a plugin's bytes come from.

import * as kernel from './kernel.js';
import { clean } from './clean.js';
import { PortcullisError, checked, textOf } from './errors.js';

/** Something that a plugin's bytes can be had from. Strings and URLs are fetched. */
export type BytesSource = Uint8Array | ArrayBuffer | Blob | Response | Promise<Response> | URL | string;

/** Characters of a name that are kept. */
const NAME_LIMIT = 100;

/** The name of a file without `.wasm`, fit to be shown. */
const fileName = (name: string): string | undefined => clean(name.replace(/\.wasm$/, ''), NAME_LIMIT) || undefined;

/** The last part of a path. */
function nameOf(url: string): string | undefined {
  const last = url.split(/[?#]/, 1)[0]?.split('/').pop() ?? '';
  try {
    return fileName(decodeURIComponent(last));
  } catch {
    return fileName(last);
  }
}

/** The first bytes of a module. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d] as const;
/** More than this is not read. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Enough of something else to tell what it is. */
const HEAD_BYTES = 64;

/**
 * Reads a stream to its end. What does not begin like a module is not read further than it takes to say what it is, and
 * what does not end is cut off.
 */
async function readAll(stream: ReadableStream<Uint8Array>, where: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let header = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    for (let index = 0; header >= 0 && header < MAGIC.length && index < value.length; index += 1) {
      header = value[index] === MAGIC[header] ? header + 1 : -1;
    }
    length += value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      throw new PortcullisError('refused-module', `${where} is larger than the ${MOST_BYTES / 1024 / 1024} MiB that a plugin may have`);
    }
    if (header < 0 && length >= HEAD_BYTES) {
      await reader.cancel();
      break;
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function fromResponse(response: Response): Promise<Uint8Array> {
  const where = response.url === '' ? 'the response' : response.url;
  if (!response.ok) {
    throw new PortcullisError('fetch-failed', `${where} could not be fetched: the server answered ${response.status} ${response.statusText}`.trimEnd());
  }
  try {
    return response.body === null ? new Uint8Array() : await readAll(response.body, where);
  } catch (cause) {
    if (cause instanceof PortcullisError) throw cause;
    throw new PortcullisError('fetch-failed', `${where} could not be read to its end`, { cause });
  }
}

/** Node's fetch knows no files; its file system is asked where there is one. */
async function readFileUrl(url: URL): Promise<Uint8Array | undefined> {
  const node = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;
  const files = node?.getBuiltinModule?.('node:fs/promises') as { readFile(url: URL): Promise<Uint8Array> } | undefined;
  return files === undefined ? undefined : new Uint8Array(await files.readFile(url));
}

async function fromUrl(url: URL | string): Promise<Uint8Array> {
  try {
    if (String(url).startsWith('file:')) {
      const bytes = await readFileUrl(new URL(url));
      if (bytes !== undefined) return bytes;
    }
    return await fromResponse(await fetch(url));
  } catch (cause) {
    if (cause instanceof PortcullisError) throw cause;
    throw new PortcullisError('fetch-failed', `${String(url)} could not be fetched: ${textOf(cause)}`, { cause });
  }
}

/** Reads a source to its end. The bytes may be the caller's own: they are read, never changed. */
export async function bytesOf(source: BytesSource): Promise<{ bytes: Uint8Array; name: string | undefined }> {
  if (source instanceof Uint8Array) return { bytes: source, name: undefined };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), name: undefined };
  if (typeof Blob !== 'undefined' && source instanceof Blob) {
    const name = 'name' in source && typeof source.name === 'string' ? fileName(source.name) : undefined;
    return { bytes: new Uint8Array(await source.arrayBuffer()), name };
  }
  if (typeof source === 'string' || source instanceof URL) return { bytes: await fromUrl(source), name: nameOf(String(source)) };
  let response: unknown;
  try {
    response = await source;
  } catch (cause) {
    throw new PortcullisError('fetch-failed', `the plugin could not be fetched: ${textOf(cause)}`, { cause });
  }
  if (response instanceof Response) return { bytes: await fromResponse(response), name: nameOf(response.url) };
  throw new PortcullisError('bad-argument', 'a plugin comes from bytes, a Blob, a Response, a URL, or what `compile` gave');
}

/** SHA-256 of bytes, in lower-case hexadecimal digits, by the kernel: at once, and slower than the engine. */
export function sha256Now(bytes: Uint8Array): string {
  checked(() => kernel.headroom(bytes.length));
  return kernel.sha256(bytes);
}

/** SHA-256 of bytes, in lower-case hexadecimal digits. Engines have one in pages from https or localhost only. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const engine = globalThis.crypto?.subtle;
  if (engine === undefined) return sha256Now(bytes);
  const digest = await engine.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Gives the bytes, a copy, with their SHA-256: the caller's own may change while it is computed. Throws `hash-mismatch` if it is
 * not the one that is expected.
 */
export async function hashed(given: Uint8Array, expected: string | undefined): Promise<{ bytes: Uint8Array; hash: string }> {
  const bytes = given.slice();
  const hash = await sha256(bytes);
  if (expected !== undefined && hash !== expected.trim().toLowerCase()) {
    throw new PortcullisError('hash-mismatch', `the plugin's SHA-256 is ${hash}, expected was ${expected}; it was not loaded`);
  }
  return { bytes, hash };
}
