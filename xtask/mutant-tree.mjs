// A copy of the sources in which things are changed, and how it is compiled.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Failure, run } from './command.mjs';
import { changed, chooser, weavable, weave } from './mutant-list.mjs';
import { build, cargoTarget, root } from './paths.mjs';
import { rustEnvironment, wasmTarget } from './toolchain.mjs';

/** What cargo needs to see of the checkout. */
const parts = ['Cargo.toml', 'Cargo.lock', 'kernel', 'guest-sdk', 'demo-paint', 'www/engine', 'tests', 'bench', 'npm', 'docs'];
/** What is not read by any test in Rust, and is large or comes and goes. */
const left = /(?:^|\/)(?:node_modules|target|dist|build|__fuzz__)(?:\/|$)/;

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** All files below a path, or the file itself. */
function filesBelow(path) {
  try {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The tree, which stays from run to run: cargo builds again what is different. */
export class Tree {
  /** Where it is. */
  root = join(build, 'mutants', 'tree');
  #target = join(cargoTarget, 'mutants');
  /** Paths and texts of what is to be different from the checkout. */
  #different = new Map();

  #write(path, bytes) {
    const target = join(this.root, path);
    if (read(target)?.equals(bytes)) return;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }

  /** Makes the tree what the checkout is, but for some files. */
  #copy() {
    const wanted = new Map();
    for (const part of parts) {
      for (const file of filesBelow(join(root, part))) {
        const path = relative(root, file).split(sep).join('/');
        if (!left.test(path)) wanted.set(path, readFileSync(file));
      }
    }
    for (const [path, text] of this.#different) wanted.set(path, Buffer.from(text));
    for (const [path, bytes] of wanted) this.#write(path, bytes);
    for (const file of filesBelow(this.root)) {
      if (!wanted.has(relative(this.root, file).split(sep).join('/'))) rmSync(file);
    }
  }

  /** The text of a file as it is in the checkout. */
  text(path) {
    return readFileSync(join(root, path), 'utf8');
  }

  /** Makes the tree the same as the checkout. */
  plain() {
    this.#different.clear();
    this.#copy();
  }

  /** Puts one change into the tree. */
  change(mutant) {
    this.#different = new Map([[mutant.file, changed(this.text(mutant.file), mutant)]]);
    this.#copy();
  }

  #environment() {
    const env = rustEnvironment();
    return {
      ...env,
      CARGO_TARGET_DIR: this.#target,
      CARGO_TERM_COLOR: 'never',
      // A change makes much that no compiler likes.
      RUSTFLAGS: [env.RUSTFLAGS, '--cap-lints warn'].filter(Boolean).join(' '),
    };
  }

  async #cargo(args, options) {
    return run('cargo', args, { env: this.#environment(), cwd: this.root, ...options });
  }

  /** What the compiler says of the kernel's library: its errors, none if it compiles. */
  async errors(report) {
    const args = ['check', '--profile', 'mutants', '--package', 'portcullis-kernel', '--lib', '--message-format', 'json'];
    const { code, stdout, output } = await this.#cargo(args, { mayFail: true, onLine: report && (() => report('checking')) });
    const messages = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    const errors = messages.filter(({ reason, message }) => reason === 'compiler-message' && message.level === 'error').map(({ message }) => message);
    if (code !== 0 && errors.length === 0) throw new Failure('the changed kernel could not be compiled', { output });
    return errors;
  }

  /**
   * Puts many changes into the tree, to be chosen from at run time.
   *
   * @param {import('./mutant-list.mjs').Mutant[]} mutants
   * @param {(line: string) => void} report
   * @returns {Promise<{ woven: object[], broken: object[], apart: object[] }>} those that are in; those that do not compile;
   *   those of which this cannot be said here
   */
  async weave(mutants, report) {
    let woven = weavable(mutants);
    const apart = new Set(mutants.filter((mutant) => !woven.includes(mutant)));
    const broken = new Set();
    for (;;) {
      const pieces = this.#putIn(woven);
      report(`${woven.length} changes, of which those are looked for that do not compile`);
      const errors = await this.errors();
      if (errors.length === 0) return { woven, broken: [...broken], apart: [...apart] };
      for (const error of errors) {
        const blamed = blame(error, pieces);
        // An error outside of a single change is one of all of them together.
        for (const mutant of blamed) (blamed.length === 1 && !mutant.opaque ? broken : apart).add(mutant);
      }
      const next = woven.filter((mutant) => !broken.has(mutant) && !apart.has(mutant));
      if (next.length === woven.length) throw new Failure('the changed kernel does not compile', { output: errors.map(({ rendered }) => rendered).join('\n') });
      woven = next;
    }
  }

  #putIn(mutants) {
    const library = 'kernel/src/lib.rs';
    this.#different = new Map([
      [library, `${this.text(library)}\nmod mutant;\n`],
      ['kernel/src/mutant.rs', chooser],
    ]);
    const pieces = new Map();
    for (const file of new Set(mutants.map((mutant) => mutant.file))) {
      const result = weave(this.text(file), mutants.filter((mutant) => mutant.file === file));
      this.#different.set(file, result.text);
      pieces.set(file, result.pieces);
    }
    this.#copy();
    return pieces;
  }

  /**
   * Builds tests, and the kernel that they run in a WebAssembly engine.
   *
   * @param {string[]} packages whose tests
   * @param {(line: string) => void} report
   * @returns {Promise<{ programs: Program[], kernel: string }>}
   * @typedef {{ name: string, package: string, path: string, folder: string }} Program
   */
  async buildTests(packages, report) {
    const args = ['test', '--no-run', '--profile', 'mutants', '--message-format', 'json-render-diagnostics', ...packages.flatMap((name) => ['--package', name])];
    const { stdout } = await this.#cargo(args, { onLine: (line) => line.startsWith('{') || report(line) });
    const artifacts = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    const programs = artifacts
      .filter(({ reason, executable, profile }) => reason === 'compiler-artifact' && executable && profile.test)
      .map(({ executable, target, manifest_path: manifest, package_id: id }) => {
        // …/folder#name@version, or …/name#version where the folder has that name.
        const [, name] = /[/#]([\w-]+)[@#][^@#]*$/.exec(id) ?? [];
        return { name: target.name, package: name, path: executable, folder: dirname(manifest) };
      });
    await this.#cargo(['build', '--profile', 'mutants', '--config', 'profile.mutants.opt-level=1', '--package', 'kernel-under-test', '--target', wasmTarget], {
      onLine: report,
    });
    return { programs, kernel: join(this.#target, wasmTarget, 'mutants', 'kernel_under_test.wasm') };
  }
}

/** Whose fault an error is: the innermost piece that holds the place that it names. */
function blame({ spans, children }, pieces) {
  const places = [...spans, ...children.flatMap((child) => child.spans)].filter((span) => span.is_primary);
  for (let span of places) {
    while (span) {
      const { file_name: file, byte_start: start } = span;
      const within = (pieces.get(file) ?? []).filter(({ from, to }) => from <= start && start < to);
      if (within.length > 0) return within.at(-1).mutants;
      span = span.expansion?.span;
    }
  }
  return [];
}
