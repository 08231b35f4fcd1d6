// All filters that the page knows: those that come with it, and those that a person added.
//
// A declaration is read from the plugin's own bytes, without running it.

import { computed, signal } from '@preact/signals';
import { sentence } from '../interface/announce.ts';
import { stem } from '../interface/text.ts';
import { turn } from '../interface/turns.ts';
import { kernelStarted, PortcullisError, type Description } from '../kernel.ts';
import { DeclarationError, readDeclaration } from './declaration.ts';
import { Filter, type Origin } from './filter.ts';

/** A plugin that came with the page but was not let in. */
export interface RefusedPlugin {
  readonly key: string;
  readonly file: string;
  readonly name: string;
  readonly sentence: string;
  readonly code: string;
}

export interface Group {
  readonly name: string;
  readonly filters: readonly Filter[];
  readonly refused: readonly RefusedPlugin[];
}

/** What a file turned out to be. */
export interface Inspected {
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly description: Description;
  /** The declaration, or the sentence that says why it is none. */
  readonly declaration: ReturnType<typeof readDeclaration> | DeclarationError;
}

const folder = new URL('plugins/', document.baseURI);
const groupOrder = ['Colour', 'Light', 'Blur', 'Sharpen', 'Edges', 'Stylise', 'Noise', 'Generate', 'Analyse'];
const troubleGroup = 'Trouble';

export const filters = signal<readonly Filter[]>([]);
const refusedPlugins = signal<readonly RefusedPlugin[]>([]);

/** Plugins that are still being read; undefined until the list of them is there. */
export const unread = signal<number | undefined>(undefined);

/** What a person types to find a filter. */
export const search = signal('');

export const groups = computed<readonly Group[]>(() => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (...texts: string[]) => {
    const text = texts.join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const byName = new Map<string, { filters: Filter[]; refused: RefusedPlugin[] }>();
  const group = (name: string) => {
    const found = byName.get(name) ?? { filters: [], refused: [] };
    byName.set(name, found);
    return found;
  };
  for (const filter of filters.value) {
    const { name, summary, group: groupName, id } = filter.declaration;
    if (matches(name, summary, groupName, id)) group(groupName).filters.push(filter);
  }
  for (const plugin of refusedPlugins.value) {
    if (matches(plugin.name, plugin.file, troubleGroup)) group(troubleGroup).refused.push(plugin);
  }
  const place = (name: string) => {
    if (name === troubleGroup) return Infinity;
    const index = groupOrder.indexOf(name);
    return index < 0 ? groupOrder.length : index;
  };
  return [...byName]
    .map(([name, { filters, refused }]) => ({
      name,
      refused,
      filters: filters.sort((one, two) => one.name.localeCompare(two.name, 'en')),
    }))
    .sort((one, two) => place(one.name) - place(two.name) || one.name.localeCompare(two.name, 'en'));
});

/** Reads all plugins that come with the page. Resolves when the list is complete. */
export async function loadLibrary(): Promise<void> {
  const files = await pluginList().catch((error: unknown) => {
    unread.value = 0;
    throw error;
  });
  unread.value = files.length;
  const found: Filter[] = [];
  const refused: RefusedPlugin[] = [];
  const publish = () => {
    if (found.length > 0) filters.value = [...filters.value, ...found.splice(0)];
    if (refused.length > 0) refusedPlugins.value = [...refusedPlugins.value, ...refused.splice(0)];
  };
  await Promise.all(
    files.map(async (file) => {
      const key = `bundled-${file}`;
      try {
        const inspected = await inspectPlugin(file, await download(file));
        if (inspected.declaration instanceof DeclarationError) throw inspected.declaration;
        found.push(new Filter(key, 'bundled', file, inspected.bytes, inspected.description, inspected.declaration));
      } catch (error) {
        const code =
          error instanceof PortcullisError ? error.code : error instanceof DeclarationError ? 'bad-declaration' : 'fetch-failed';
        refused.push({ key, file, name: nameOf(file), sentence: sentence(error), code });
      }
      unread.value = (unread.value ?? 1) - 1;
      // The list is drawn a few times, not once for every plugin.
      await turn();
      publish();
    }),
  );
}

/** Reads what a plugin says about itself, without running it. Throws a PortcullisError if it is no plugin. */
export async function inspectPlugin(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<Inspected> {
  const kernel = await kernelStarted;
  const description = await kernel.describe(bytes);
  try {
    return { file, bytes, description, declaration: readDeclaration(description.customSection('paint/filter')) };
  } catch (error) {
    if (error instanceof DeclarationError) return { file, bytes, description, declaration: error };
    throw error;
  }
}

/** Adds a filter that the person accepted. One with the same id that was added before makes room for it. */
export function addFilter({ file, bytes, description, declaration }: Inspected): Filter {
  if (declaration instanceof DeclarationError) throw declaration;
  const origin: Origin = 'added';
  const key = `added-${declaration.id}`;
  const filter = new Filter(key, origin, file, bytes, description, declaration);
  filters.value = [...filters.value.filter((other) => other.key !== key), filter];
  return filter;
}

/** Forgets a filter that was added. */
export function removeFilter(filter: Filter): void {
  filters.value = filters.value.filter((other) => other !== filter);
}

async function pluginList(): Promise<readonly string[]> {
  const response = await fetch(new URL('index.json', folder));
  if (!response.ok) throw new Error(`The list of plugins could not be loaded (status ${response.status}).`);
  const list: unknown = await response.json();
  if (!Array.isArray(list)) throw new Error('The list of plugins is damaged.');
  return list.flatMap((item: unknown) => {
    const file = typeof item === 'object' && item !== null && 'file' in item ? item.file : undefined;
    return typeof file === 'string' ? [file] : [];
  });
}

async function download(file: string): Promise<Uint8Array<ArrayBuffer>> {
  // The photograph and the program come first.
  const response = await fetch(new URL(file, folder), { priority: 'low' });
  if (!response.ok) throw new Error(`“${file}” could not be loaded (status ${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A file's name as a title: "not-wasm.wasm" is "Not wasm". */
function nameOf(file: string): string {
  const words = stem(file).replaceAll(/[-_]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
