// Optimises modules with Binaryen; a program of its own, because that keeps its thread busy for seconds.
//
// node optimise-modules.mjs '{ "speed": 0–3, "size": 0–2, "simd": false, "jobs": [{ "input": path, "output": path }] }'

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import binaryen from 'binaryen';

const { Features } = binaryen;

/** What rustc uses without being asked; every engine of the last years has it. */
const usual =
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.Multivalue |
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.ReferenceTypes |
  Features.SignExt;

const { speed, size, simd, jobs } = JSON.parse(process.argv[2]);

binaryen.setOptimizeLevel(speed);
binaryen.setShrinkLevel(size);
binaryen.setDebugInfo(false);
// A function that is called from one place is put there only if it is short. Otherwise whole parts of the program become one function
// of thousands of instructions, which takes more bytes and keeps engines' first compilers busy.
if (size > 0) binaryen.setOneCallerInlineMaxSize(20);
binaryen.setGenerateStackIR(true);
binaryen.setOptimizeStackIR(true);

for (const { input, output } of jobs) {
  console.log(basename(output));
  const module = binaryen.readBinary(readFileSync(input));
  module.setFeatures(simd ? usual | Features.SIMD128 : usual);
  // Other custom sections stay: they are the plugin's signatures and declarations.
  module.runPasses(['strip-debug', 'strip-producers', 'strip-target-features']);
  module.optimize();
  // Where bytes count, what the first round made room for is worth a second one.
  if (size > 0) module.optimize();
  if (!module.validate()) throw new Error(`${input}: not valid after it was optimised`);
  // Never a half-written module under the name of a whole one.
  writeFileSync(`${output}.unfinished`, module.emitBinary());
  renameSync(`${output}.unfinished`, output);
  module.dispose();
}
