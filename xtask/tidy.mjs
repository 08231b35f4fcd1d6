// What holds of the whole repository, as checks that can fail.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ask, Failure, run } from './command.mjs';
import { inRoot, root } from './paths.mjs';
import { linesWith, rustCode, scriptCode } from './source-text.mjs';
import { rustEnvironment } from './toolchain.mjs';

/**
 * The repository's files: path with `/`, and text.
 *
 * @typedef {Map<string, string>} Files
 *
 * @typedef {{ rule: string, findings: string[] }} Result
 */

const isScript = (path) => /\.(?:[mc]?js|[mc]?ts|tsx|jsx)$/.test(path);

const isTest = (path) => path.startsWith('tests/') || /\.test\.\w+$/.test(path);

/**
 * Where `unsafe` may stand: beside the engine, in the guest's half of the ABI, in what the macros write to reach it, and in an
 * allocator that fails when a test wants it.
 */
const mayBeUnsafe = [/^tests\/lack-of-memory\/src\/lib\.rs$/, /^kernel\/src\/web\//, /^guest-sdk\/rust\/src\/abi(?:\.rs$|\/)/, /^guest-sdk\/macros\/src\//];

/** Blocks, functions and implementations; not attributes, which only give a name or a place. */
const unsafeCode = /\bunsafe\b(?!\s*\()/;

/** The folders whose `*.test.mjs` some suite runs. */
const testFolders = ['tests/xtask', 'tests/node', 'tests/browser', 'tests/page', 'tests/package', 'tests/guests', 'tests/tools'];

/** Findings of one kind: a pattern in the code of some of the files. */
function search(files, wanted, toCode, pattern) {
  const findings = [];
  for (const [path, text] of files) {
    if (wanted(path)) for (const line of linesWith(toCode(text), pattern)) findings.push(`${path}:${line}`);
  }
  return findings;
}

const asIs = (text) => text;

/** Each rule in words, and what breaks it. */
const rules = {
  'unsafe code is only beside the engine and in the SDK\'s ABI module': (files) =>
    search(files, (path) => path.endsWith('.rs') && !mayBeUnsafe.some((place) => place.test(path)), rustCode, unsafeCode),

  'no code is made from text': (files) =>
    search(files, (path) => /^(?:npm|www)\//.test(path) && isScript(path), scriptCode, /\bnew\s+Function\b|\beval\s*\(/),

  'no built file is in the repository': (files) =>
    [...files.keys()].filter((path) => /\.(?:wasm|rlib|tgz|log|map)$|(?:^|\/)node_modules\/|^(?:dist|build|target)\//.test(path)),

  'no Rust test is ignored': (files) => search(files, (path) => path.endsWith('.rs'), rustCode, /#\s*\[\s*ignore\b/),

  'no test is skipped or singled out': (files) =>
    search(
      files,
      (path) => isTest(path) && isScript(path),
      scriptCode,
      /\b(?:test|it|describe|suite|t|context)\.(?:skip|only|todo)\b|\b(?:skip|only|todo)\s*:\s*true\b/,
    ),

  'every test file is in a folder that a suite runs': (files) =>
    [...files.keys()].filter((path) => path.endsWith('.test.mjs') && !testFolders.some((folder) => path.startsWith(`${folder}/`))),

  'nothing is left for later': (files) => [
    ...search(files, (path) => path.endsWith('.rs') || isScript(path), asIs, /\b(?:TO[D]O|FIX[M]E)\b/),
    ...search(files, (path) => path.endsWith('.rs'), rustCode, /\btodo!\s*[([{]/),
  ],

  'the package depends on no other at run time': (files) => {
    const manifest = JSON.parse(files.get('package.json'));
    const kinds = ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies'];
    return kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}).map((name) => `package.json: ${kind}: ${name}`));
  },

  'no package-lock.json names a registry': (files) =>
    search(files, (path) => /(?:^|\/)package-lock\.json$/.test(path), asIs, /"resolved":/),

  'README.md, under Navigating, names every folder at the top': (files) => {
    const readme = files.get('README.md');
    if (readme === undefined) return ['there is no README.md'];
    const section = /^(#+)[^\n]*Navigating[^\n]*\n([\s\S]*?)(?=^#{1,6}\s|(?![\s\S]))/m.exec(readme)?.[2] ?? '';
    const folders = new Set([...files.keys()].filter((path) => path.includes('/')).map((path) => path.split('/')[0]));
    return [...folders].filter((folder) => !section.includes(`${folder}/`)).map((folder) => `${folder}/ is not named`);
  },
};

/**
 * Applies every rule.
 *
 * @param {Files} files
 * @returns {Result[]}
 */
export function applyRules(files) {
  return Object.entries(rules).map(([rule, check]) => ({ rule, findings: check(files) }));
}

/** Everything that is, or is about to be, in the repository. Folders that git would not keep are left out. */
function repositoryFiles() {
  const listed = ask('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])?.split('\0');
  const built = /^(?:target|build|dist|node_modules|\.git)(?:\/|$)/;
  const paths = listed ?? readdirSync(root, { recursive: true }).map((path) => path.split(sep).join('/')).filter((path) => !built.test(path));
  return new Map(
    paths
      .filter((path) => path && existsSync(inRoot(path)) && statSync(inRoot(path)).isFile())
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
}

/** Cargo.lock has everything that the manifests ask for: a build changes nothing. */
async function lockIsComplete() {
  const { code, output } = await run('cargo', ['metadata', '--locked', '--format-version', '1'], { env: rustEnvironment(), mayFail: true });
  return { rule: 'Cargo.lock has all that the manifests ask for', findings: code === 0 ? [] : output.trim().split('\n') };
}

/** Checks this repository. */
export async function checkTidiness() {
  return [...applyRules(repositoryFiles()), await lockIsComplete()];
}

/** Results as text, a line a rule, with what breaks it below. */
export function tidyReport(results) {
  return results
    .flatMap(({ rule, findings }) => [`${findings.length > 0 ? 'broken' : 'holds'}: ${rule}`, ...findings.map((finding) => `  ${finding}`)])
    .join('\n');
}

/** How many rules hold, read from the report. */
export function tidyCounts(report) {
  const lines = report.split('\n');
  return {
    passed: lines.filter((line) => line.startsWith('holds: ')).length,
    failed: lines.filter((line) => line.startsWith('broken: ')).length,
  };
}

/** `npm run tidy`. */
export async function tidyTask() {
  const results = await checkTidiness();
  console.log(tidyReport(results));
  const broken = results.filter(({ findings }) => findings.length > 0).length;
  if (broken > 0) throw new Failure(`${broken} of ${results.length} rules are broken`);
}
