// How many tests passed and failed, read from what the runners print.

/** libtest and wasm-bindgen's runner: one such line for each binary. */
const rust = /^test result: \w+\. (\d+) passed; (\d+) failed;/gm;

/** Node's spec reporter: one line for each number, once. */
const node = (name) => new RegExp(`^ℹ ${name} (\\d+)$`, 'm');

/** @returns {{ passed: number, failed: number }} of all the test binaries in the output */
export function rustCounts(output) {
  const counts = { passed: 0, failed: 0 };
  for (const [, passed, failed] of output.matchAll(rust)) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  return counts;
}

/** @returns {{ passed: number, failed: number }} of a run of `node --test`; what was cancelled failed */
export function nodeCounts(output) {
  const read = (name) => Number(node(name).exec(output)?.[1] ?? 0);
  return { passed: read('pass'), failed: read('fail') + read('cancelled') };
}

/** @returns {{ passed: number, failed: number }} of a run of tests/hostile/run.mjs, from its last line */
export function attackCounts(output) {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed\s*$/m.exec(output) ?? [];
  return { passed: Number(passed ?? 0), failed: Number(failed ?? 0) };
}

/** One such line for each module: of the changes that could be tried, how many were noticed. */
const mutants = /^\w+: (\d+) of (\d+) caught /gm;

/** @returns {{ passed: number, failed: number }} of a run of `npm run mutants`: what no test noticed failed */
export function mutantCounts(output) {
  const counts = { passed: 0, failed: 0 };
  for (const [, caught, all] of output.matchAll(mutants)) {
    counts.passed += Number(caught);
    counts.failed += Number(all) - Number(caught);
  }
  return counts;
}
