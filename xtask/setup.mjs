// Gets what is missing on this machine, and says so before it does.

import { planBrowsers } from './browsers.mjs';
import { planCargoTools } from './cargo-tools.mjs';
import { planGuests } from './guests.mjs';
import { planLint } from './lint.mjs';
import { planNpmPackages } from './npm-packages.mjs';
import { runSteps } from './steps.mjs';
import { planToolchain } from './toolchain.mjs';

/** What building needs, and what others need on top of it. */
const plans = {
  build: () => [planToolchain(), ...planCargoTools(['wasmBindgen']), planNpmPackages()],
  fuzz: () => [...plans.build(), ...planCargoTools(['bolero'])],
  mutants: () => [planToolchain(), ...planCargoTools(['mutants'])],
  test() {
    const toolchain = planToolchain();
    return [
      toolchain,
      planLint(toolchain),
      ...planCargoTools(['wasmBindgen', 'wasmPack', 'geckodriver', 'mutants']),
      planNpmPackages(),
      planBrowsers(),
      ...planGuests(),
    ];
  },
};

/**
 * Sets up this machine; does nothing where everything is there.
 *
 * @param {'build' | 'test' | 'fuzz' | 'mutants'} purpose
 */
export async function setup(purpose) {
  const steps = plans[purpose]().filter(Boolean);
  if (steps.length === 0) {
    console.log('set-up: everything is there');
    return;
  }
  console.log(`set-up: about to install ${steps.map((step) => step.what).join('; ')}`);
  await runSteps(steps);
}
