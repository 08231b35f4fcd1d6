// The rules on the repository: each one finds what breaks it, and leaves alone what only looks like it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyRules } from '../../xtask/tidy.mjs';

const clean = {
  'README.md': '# Portcullis\n\n## Navigating\n\n- `kernel/`: the kernel\n- `npm/`: the package\n\n## More\n\ntests/\n',
  'package.json': '{ "devDependencies": { "vite": "1.0.0" } }',
  'package-lock.json': '{\n  "packages": {}\n}\n',
  'kernel/src/lib.rs': '#![forbid(unsafe_code)]\n// unsafe is not used\nconst TEXT: &str = "unsafe";\n',
  'npm/index.ts': '// eval() would be refused\nexport const text = "eval(1)";\n',
};

/** What is found in a clean repository with some files more, or others. */
function findings(changes = {}) {
  const files = new Map(Object.entries({ ...clean, ...changes }));
  return applyRules(files).flatMap((result) => result.findings);
}

test('a clean repository breaks nothing', () => {
  assert.deepEqual(findings(), []);
});

const breaches = {
  'unsafe code': { 'kernel/src/lib.rs': '/* a /* b */ c */\nlet a = r#"unsafe"#;\nunsafe { f() }\n' },
  'code from text': { 'npm/index.ts': "export const f = new Function('return 1');\n" },
  eval: { 'npm/index.ts': 'export const f = `${eval ("1")}`;\n' },
  'a built module': { 'npm/kernel_bg.wasm': '' },
  'a built folder': { 'npm/node_modules/a/index.js': '' },
  'an ignored test': { 'kernel/src/lib.rs': '#[test]\n#[ignore = "slow"]\nfn a() {}\n' },
  'a skipped test': { 'npm/a.test.mjs': 'test.skip("a", () => {});\n' },
  'a test that is singled out': { 'npm/a.test.ts': 'test("a", { only: true }, () => {});\n' },
  'a test that nobody runs': { 'npm/a.test.mjs': '' },
  'something left for later': { 'kernel/src/lib.rs': ['// TO', 'DO: the rest'].join('') },
  'a macro left for later': { 'kernel/src/lib.rs': 'fn a() { todo!() }' },
  'a dependency at run time': { 'package.json': '{ "dependencies": { "left-pad": "1.0.0" } }' },
  'a registry in the lock': { 'package-lock.json': '{ "resolved": "https://registry.example/a.tgz" }' },
  'a registry in another lock': { 'npm/package-lock.json': '{ "resolved": "https://registry.example/a.tgz" }' },
  'a folder that the README does not name': { 'docs/abi.md': '' },
};

for (const [name, changes] of Object.entries(breaches)) {
  test(`found: ${name}`, () => {
    assert.notDeepEqual(findings(changes), []);
  });
}

test('findings name the line, also after text and comments of several lines', () => {
  const source = 'const A: &str = "\n\n";\n/*\n\n*/\nconst B: char = \'"\';\nconst C: &[u8] = b"\\"";\nunsafe fn c<\'a>() {}\n';
  assert.deepEqual(findings({ 'kernel/src/lib.rs': source }), ['kernel/src/lib.rs:9']);
});

test('unsafe code is allowed beside the engine, and unsafe attributes everywhere', () => {
  assert.deepEqual(findings({ 'kernel/src/lib.rs': '#[unsafe(no_mangle)]\nextern "C" fn a() {}' }), []);
  assert.deepEqual(findings({ 'kernel/src/web/memory.rs': 'unsafe fn a() {}' }), []);
  assert.notDeepEqual(findings({ 'kernel/src/website.rs': 'unsafe fn a() {}' }), []);
});
