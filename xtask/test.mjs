// `npm test`: set up, build, run every suite, and say what came of it.

import { existsSync } from 'node:fs';
import { buildSteps } from './build.mjs';
import { Failure } from './command.mjs';
import { inRoot } from './paths.mjs';
import { setup } from './setup.mjs';
import { runSteps, showFailure } from './steps.mjs';
import { suites } from './suites.mjs';

/** Adds up tests; a check, or a step of the build that fails, counts as one. */
class Tally {
  passed = 0;
  failed = 0;
  broken = [];

  add({ passed, failed }) {
    this.passed += passed;
    this.failed += failed;
  }

  breaks(name, failed = 1) {
    this.failed += failed;
    this.broken.push(name);
  }
}

/** A suite as a step of the run. */
function suiteStep(suite, tally, buildFailed) {
  return {
    name: suite.name,
    doing: 'testing',
    skip: () => (suite.needs && !existsSync(inRoot(suite.needs)) ? 'not in the tree' : suite.skip?.()),
    async run(report) {
      try {
        if (suite.built && buildFailed()) throw new Failure('not run, because the build failed');
        const { code, output } = await suite.run(report);
        const counts = suite.count?.(output) ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
        tally.add(counts);
        if (code === 0 && counts.passed === 0) throw new Failure('no test ran', { output });
        if (code !== 0 || counts.failed > 0) {
          // A runner that breaks down before its tests has counted nothing.
          if (counts.failed === 0) tally.failed += 1;
          tally.broken.push(suite.name);
          throw Object.assign(new Failure(`${counts.failed || 1} failed, ${counts.passed} passed`, { output }), { counted: true });
        }
        return suite.count ? `${counts.passed} passed` : 'passed';
      } catch (error) {
        if (!error.counted) tally.breaks(suite.name);
        throw error;
      }
    },
  };
}

function summary(tally) {
  console.log('');
  for (const name of tally.broken) console.log(`failed: ${name}`);
  console.log('All tests of all suites, and each check without tests of its own as one:');
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0;
}

/**
 * Runs suites.
 *
 * @param {string[]} groups the groups to run; none means all
 * @returns {Promise<boolean>} whether everything passed
 */
export async function test(groups) {
  const all = suites();
  for (const group of groups) {
    if (!all.some((suite) => suite.group === group)) {
      const names = [...new Set(all.map((suite) => suite.group))].join(', ');
      throw new Failure(`there is no suite ${group}`, { todo: `name some of: ${names}` });
    }
  }
  const wanted = groups.length > 0 ? all.filter((suite) => groups.includes(suite.group)) : all;
  const tally = new Tally();
  try {
    await setup('test');
  } catch (error) {
    showFailure(error.step ?? 'set-up', error);
    tally.breaks('set-up');
    return summary(tally);
  }
  const building = wanted.some((suite) => suite.built) ? buildSteps('all') : [];
  let broken = 0;
  const steps = [
    ...building.map((step) => ({
      ...step,
      run: (report) =>
        step.run(report).catch((error) => {
          broken += 1;
          tally.breaks(`build: ${step.name}`);
          throw error;
        }),
    })),
    ...wanted.map((suite) => suiteStep(suite, tally, () => broken > 0)),
  ];
  await runSteps(steps, { keepGoing: true });
  return summary(tally);
}
