// `portcullis new` and `build`: the templates of all languages, and what is said where something is missing.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { findClang } from '../../xtask/clang.mjs';
import { which } from '../../xtask/command.mjs';
import { cache, inRoot } from '../../xtask/paths.mjs';
import { copyTemplates, templateLanguages } from '../../xtask/templates.mjs';
import { rustEnvironment } from '../../xtask/toolchain.mjs';
import { findZig } from '../../xtask/zig.mjs';
import { command, folderForTests, tool } from './lib/tool.mjs';

/** Where nothing of the repository is found. */
const folder = mkdtempSync(join(tmpdir(), 'portcullis-new-'));
after(() => rmSync(folder, { recursive: true, force: true }));
/** Where programs and packages are found that npm put into the repository, as `npm install` would put them into a project. */
const within = folderForTests('new');

/** The compilers that the tests of other parts use, under the names that they usually have. */
function compilers() {
  const place = join(within, 'compilers');
  mkdirSync(place);
  const offer = (name, path) => path !== undefined && existsSync(path) && symlinkSync(path, join(place, name));
  const zig = findZig();
  if (zig !== 'zig') offer('zig', zig);
  const clang = findClang()?.program;
  offer('clang', clang);
  if (clang !== undefined) offer('wasm-ld', which('wasm-ld') ?? join(dirname(realpathSync(clang)), 'wasm-ld'));
  return place;
}

/** Where the tool finds compilers, and where cargo finds what it has downloaded before; it puts what it makes into the project. */
const env = (() => {
  const { CARGO_TARGET_DIR: _, ...rest } = rustEnvironment();
  return { ...rest, CARGO_NET_OFFLINE: 'true', NO_COLOR: '1', ZIG_GLOBAL_CACHE_DIR: join(cache, 'zig'), PATH: [compilers(), rest.PATH].join(delimiter) };
})();

/** No compiler is there. */
const bare = { ...env, PATH: dirname(process.execPath) === '/usr/bin' ? '/nowhere' : dirname(process.execPath) };

/** `npx portcullis` in a project is this one. */
function install(project) {
  mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
  symlinkSync(command, join(project, 'node_modules/.bin/portcullis'));
}

const node = (args, options) =>
  new Promise((done) => execFile(process.execPath, args, options, (error, stdout, stderr) => done({ code: error?.code ?? 0, output: stdout + stderr })));

const filesBelow = (place) => readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

const languages = templateLanguages();

test('there are templates', () => {
  for (const language of ['rust', 'wat']) assert.ok(languages.includes(language));
});

for (const language of languages) {
  describe(`the template of ${language}`, () => {
    const name = `soft-${language}`;
    const project = join(within, name);
    let made;

    test('becomes a project, in which nothing is left to be filled in', async () => {
      made = (await tool(['new', language, project, '--json'], { env })).json;
      assert.deepEqual([made.ok, made.name, made.language], [true, name, language], JSON.stringify(made));
      for (const file of made.files) {
        assert.ok(existsSync(join(project, file)), file);
        assert.doesNotMatch(file, /\{\{/);
        if (!file.includes('sdk/')) assert.doesNotMatch(readFileSync(join(project, file), 'utf8'), /\{\{\w+\}\}/, file);
      }
      assert.equal(filesBelow(project).length, made.files.length);
      assert.ok(made.files.includes('README.md'));
      assert.match(readFileSync(join(project, 'README.md'), 'utf8'), new RegExp(name));
    });

    test('says what is missing where its compiler is not there, and does not build', async () => {
      const elsewhere = join(folder, `bare-${language}`);
      const { code, stdout } = await tool(['new', language, elsewhere], { env: bare });
      assert.equal(code, 0, 'the project is there all the same');
      const [need] = JSON.parse(readFileSync(join(elsewhere, 'portcullis.json'), 'utf8')).needs;
      assert.match(stdout, new RegExp(`Before it can be built:\\n {2}${need.command}.* is missing: .*To get it: `));
      const built = await tool(['build', elsewhere, '--json'], { env: bare });
      assert.deepEqual([built.code, built.json.error.code], [1, 'missing-tool']);
      assert.ok(built.json.error.hints.some((hint) => hint.startsWith(need.command) && hint.includes(need.install)));
    });

    test('is built, loads, and passes its own test, where its compiler is there', async (context) => {
      if (made.missing.length > 0) {
        context.diagnostic(`not built: ${made.missing.map((need) => need.command).join(', ')} missing`);
        return;
      }
      install(project);
      const { code, stdout, stderr } = await tool(['build', project, '--json'], { env });
      assert.equal(code, 0, stdout + stderr);
      const { output, size, notes } = JSON.parse(stdout);
      assert.ok(size > 0);
      assert.deepEqual(notes, [], 'nothing about it might be a mistake');
      const { json } = await tool(['inspect', output, '--json']);
      assert.ok(json.imports.length > 0 && json.exports.length > 0);
      assert.ok([...json.imports, ...json.exports].every((each) => each.declared));
      context.diagnostic(`${language}: ${size} bytes`);
      if (!made.files.includes('test.mjs')) return;
      const tested = await node(['--test', 'test.mjs'], { cwd: project, env });
      assert.equal(tested.code, 0, tested.output);
    });
  });
}

test('nothing that is there is overwritten', async () => {
  const place = join(folder, 'full');
  mkdirSync(place);
  writeFileSync(join(place, 'notes.txt'), 'mine');
  const { code, stderr } = await tool(['new', 'wat', place]);
  assert.equal(code, 3);
  assert.match(stderr, /full is not empty, and nothing in it is overwritten/);
  assert.deepEqual(readdirSync(place), ['notes.txt']);
  writeFileSync(join(folder, 'a-file'), '');
  assert.equal((await tool(['new', 'wat', join(folder, 'a-file')])).code, 3);
});

test('a name is that of the folder, or another', async () => {
  const { json } = await tool(['new', 'wat', join(folder, 'My Plugin'), '--name', 'mine', '--json'], { env });
  assert.deepEqual([json.name, json.output], ['mine', 'mine.wasm']);
  for (const args of [[join(folder, 'My Other')], [join(folder, 'x'), '--name', 'Has_Underscore'], [join(folder, 'x'), '--name', 'a'.repeat(65)], [join(folder, 'x'), '--name', '../up']]) {
    const { code, stderr } = await tool(['new', 'wat', ...args]);
    assert.equal(code, 2);
    assert.match(stderr, /is no name for a plugin/);
  }
  assert.ok(!existsSync(join(folder, 'x')));
});

test('a build line that fails, makes nothing, or makes something that would not load, is told', async () => {
  const place = join(folder, 'failing');
  mkdirSync(place);
  const project = (build) => writeFileSync(join(place, 'portcullis.json'), JSON.stringify({ language: 'none', build, needs: [], output: 'out.wasm' }));
  const script = (code) => `"${process.execPath}" -e "${code}"`;
  for (const [build, code, message] of [
    [script('process.exit(7)'), 'build', /ended with exit code 7/],
    [script(''), 'build', /went well, and yet there is no .*out\.wasm/],
    [script("require('fs').writeFileSync('out.wasm', 'text')"), 'not-wasm', /this is a text/],
  ]) {
    project(build);
    const { json, ...rest } = await tool(['build', place, '--json']);
    assert.deepEqual([rest.code, json.error.code], [1, code]);
    assert.match(json.error.message, message);
  }
});

test('a folder without a project, or with a spoilt one, is told', async () => {
  const place = join(folder, 'spoilt');
  mkdirSync(place);
  assert.match((await tool(['build', place])).stderr, /there is no .*portcullis\.json/);
  for (const [text, message] of [['{', /is no JSON/], ['null', /lacks/], ['{"language": "c"}', /lacks `build`/], ['{"language": "c", "build": "x", "output": "y", "needs": [{}]}', /lacks `needs`/]]) {
    writeFileSync(join(place, 'portcullis.json'), text);
    const { code, stderr } = await tool(['build', place]);
    assert.equal(code, 3);
    assert.match(stderr, message);
  }
});

test('a template comes with the parts of the SDK that it names, as they are', () => {
  const sdks = join(folder, 'sdks');
  mkdirSync(join(sdks, 'odd/template/src'), { recursive: true });
  mkdirSync(join(sdks, 'odd/template/target'), { recursive: true });
  mkdirSync(join(sdks, 'template'));
  writeFileSync(join(sdks, 'template/test.odd'), 'run {{output}}');
  writeFileSync(join(sdks, 'odd/template/template.json'), '{ "output": "{{name}}.odd", "sdk": ["odd.h", { "from": "lib", "to": "vendor/lib" }] }');
  writeFileSync(join(sdks, 'odd/template/src/{{name}}.odd'), '{{name}}');
  writeFileSync(join(sdks, 'odd/template/target/left-over'), '');
  writeFileSync(join(sdks, 'odd/odd.h'), '{{name}}');
  mkdirSync(join(sdks, 'odd/lib'));
  writeFileSync(join(sdks, 'odd/lib/a.odd'), '');
  assert.deepEqual(
    copyTemplates(join(folder, 'copied'), sdks).map((path) => path.replaceAll('\\', '/')).sort(),
    ['odd/files/src/{{name}}.odd', 'odd/files/test.odd', 'odd/sdk/odd.h', 'odd/sdk/vendor/lib/a.odd', 'odd/template.json'],
  );
  assert.equal(readFileSync(join(folder, 'copied/odd/files/test.odd'), 'utf8'), 'run {{name}}.odd');
  writeFileSync(join(sdks, 'odd/template/template.json'), '{ "sdk": ["no.h"] }');
  assert.throws(() => copyTemplates(join(folder, 'copied'), sdks), /asks for no\.h, which is not there/);
});

test('the template of Rust has the version of the crates that it comes with', () => {
  const version = (file) => /^version = "([^"]+)"/m.exec(readFileSync(inRoot(file), 'utf8'))[1];
  assert.equal(version('guest-sdk/rust/template/sdk/Cargo.toml'), version('Cargo.toml'));
});
