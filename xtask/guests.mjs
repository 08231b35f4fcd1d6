// Plugins in other languages than Rust: which languages are built and tested, and by whom.

import { buildAssemblyScriptPlugins } from './assemblyscript.mjs';
import { buildCPlugins } from './c-plugins.mjs';
import { planClang } from './clang.mjs';
import { Failure } from './command.mjs';
import { buildTextPlugins } from './wat.mjs';
import { buildZigPlugins, planZig } from './zig.mjs';

/**
 * The languages, by the name of the folder in guest-sdk and in build/guests.
 *
 * @type {Record<string, { name: string, plan?: () => object | undefined, build: (report: (line: string) => void) => Promise<string> }>}
 *   each as the person reads it; how to get its tools, as a part of the set-up's plan; what builds its plugins
 */
const languages = {
  c: { name: 'C', plan: planClang, build: buildCPlugins },
  assemblyscript: { name: 'AssemblyScript', build: buildAssemblyScriptPlugins },
  zig: { name: 'Zig', plan: planZig, build: buildZigPlugins },
  wat: { name: 'text', build: buildTextPlugins },
};

/** The languages to build and test: all, or those that PORTCULLIS_GUESTS names (`c,zig`; `none` for Rust alone). */
export function wantedGuests() {
  const all = Object.keys(languages);
  const names = process.env.PORTCULLIS_GUESTS?.split(',').map((name) => name.trim()).filter(Boolean);
  if (!names?.length) return all;
  for (const name of names) {
    if (name !== 'none' && !all.includes(name)) {
      throw new Failure(`PORTCULLIS_GUESTS names an unknown language: ${name}`, { todo: `use some of ${[...all, 'none'].join(', ')}` });
    }
  }
  return all.filter((name) => names.includes(name));
}

/** What the tools of the languages need, as parts of the set-up's plan. */
export const planGuests = () => wantedGuests().map((key) => languages[key].plan?.());

/** How the plugins in each language are built, as parts of the build. */
export const guestParts = Object.fromEntries(
  Object.entries(languages).map(([key, { name, build }]) => [
    key,
    {
      name: `plugins in ${name}`,
      doing: 'building',
      needs: `guest-sdk/${key}`,
      skip: () => (wantedGuests().includes(key) ? undefined : `left out, and so are their tests: PORTCULLIS_GUESTS does not name ${key}`),
      run: build,
    },
  ]),
);
