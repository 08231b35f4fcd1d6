// The parts of the page that need no browser: declarations, values, curves, search.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A module of the page, as JavaScript. */
async function load(path) {
  const entry = fileURLToPath(new URL(`../../www/paint/${path}`, import.meta.url));
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['es'] } },
  });
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}

const filter = (changes = {}) => ({
  id: 'test-filter',
  name: 'Test',
  group: 'Blur',
  summary: 'Does nothing.',
  geometry: { kind: 'point' },
  parameters: [],
  ...changes,
});

const number = (changes = {}) => ({ key: 'size', label: 'Size', kind: 'float', minimum: 0, maximum: 10, default: 3, ...changes });

describe('declarations', () => {
  let readDeclaration;
  let DeclarationError;
  const read = (value) => readDeclaration(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));

  before(async () => {
    ({ readDeclaration, DeclarationError } = await load('filters/declaration.ts'));
  });

  test('a complete one is read, and what may be left out has its usual value', () => {
    const declaration = read(
      filter({ geometry: { kind: 'area', halo: { parameter: 'size', scale: 3, offset: 1 } }, parameters: [number()] }),
    );
    assert.deepEqual(declaration.geometry, { kind: 'area', halo: { parameter: 'size', scale: 3, offset: 1 } });
    const [size] = declaration.parameters;
    assert.deepEqual(
      { from: size.from, to: size.to, unit: size.unit, affects: size.affects, digits: size.digits, step: size.step },
      { from: 0, to: 10, unit: 'none', affects: true, digits: 1, step: 0.1 },
    );
  });

  test('what is missing or out of range is refused with a sentence that names it', () => {
    const refused = (value, expected) =>
      assert.throws(
        () => read(value),
        (error) => error instanceof DeclarationError && expected.test(error.message),
        JSON.stringify(value),
      );
    const parameter = (changes) => filter({ parameters: [number(changes)] });
    refused('not json', /not JSON/);
    refused('[]', /not an object/);
    refused('"x"', /not an object/);
    refused(' '.repeat(65 * 1024), /64 KiB/);
    refused(filter({ id: 'Not kebab' }), /kebab-case/);
    refused(filter({ name: '' }), /“name”/);
    refused(filter({ name: 'x'.repeat(65) }), /longer than 64/);
    refused(filter({ name: 'a\u202eb' }), /control characters/);
    refused(filter({ summary: 7 }), /“summary” is not a text/);
    refused(filter({ parameters: undefined }), /“parameters”/);
    refused(filter({ parameters: Array(33).fill(number()) }), /33 parameters/);
    refused(filter({ parameters: [number(), number()] }), /Two of its parameters/);
    refused(filter({ geometry: { kind: 'sphere' } }), /“kind”/);
    refused(filter({ geometry: { kind: 'area' } }), /“halo”/);
    refused(filter({ geometry: { kind: 'area', halo: 513 } }), /from 0 to 512/);
    refused(filter({ geometry: { kind: 'area', halo: { parameter: 'none' } } }), /“none”/);
    refused(parameter({ kind: 'number' }), /Parameter “size”: “kind”/);
    refused(parameter({ default: 11 }), /Parameter “size”: “default” is 11/);
    refused(parameter({ default: '3' }), /“default”/);
    refused(parameter({ minimum: 10, maximum: 0 }), /“maximum”/);
    refused(parameter({ from: -1 }), /“from”/);
    refused(parameter({ kind: 'int', default: 2.5 }), /whole number/);
    refused(parameter({ unit: 'miles' }), /“unit”/);
    refused(parameter({ visible: { parameter: 'other', equals: 1 } }), /“other”/);
    refused(parameter({ visible: { parameter: 'size', equals: 1 } }), /“size”/);
    refused(filter({ parameters: [{ key: 'a', label: 'A', kind: 'choice', choices: [] }] }), /no choices/);
    refused(filter({ parameters: [{ key: 'a', label: 'A', kind: 'choice', choices: ['x'], default: 1 }] }), /from 0 to 0/);
    refused(filter({ parameters: [{ key: 'a', label: 'A', kind: 'curve', default: [0.5, 0, 0.5, 1] }] }), /ascending/);
    refused(filter({ parameters: [{ key: 'a', label: 'A', kind: 'colour', default: [0, 0, 2, 1] }] }), /from 0 to 1/);
    assert.throws(() => readDeclaration(undefined), /no section/);
    assert.throws(() => readDeclaration(Uint8Array.of(0xff, 0xfe)), /not UTF-8/);
  });

  test('members of the prototype are not members', () => {
    assert.throws(() => read('{"__proto__":{"id":"x"}}'), /“parameters”|“id”/);
    assert.throws(() => read(filter({ geometry: { __proto__: null, kind: 'constructor' } })), /“kind”/);
  });
});

describe('values', () => {
  let values;
  let readDeclaration;

  before(async () => {
    values = await load('filters/values.ts');
    ({ readDeclaration } = await load('filters/declaration.ts'));
  });

  test('distances are scaled for a smaller preview, within their limits, and the halo follows', () => {
    const declaration = readDeclaration(
      new TextEncoder().encode(
        JSON.stringify(
          filter({
            geometry: { kind: 'area', halo: { parameter: 'size', scale: 3, offset: 1 } },
            parameters: [
              number({ unit: 'pixel-distance', minimum: 0.5 }),
              number({ key: 'angle', label: 'Angle' }),
              number({ key: 'count', label: 'Count', kind: 'int', unit: 'pixel-distance', minimum: 1 }),
            ],
          }),
        ),
      ),
    );
    const set = values.defaults(declaration);
    const handed = (scale) => declaration.parameters.map((parameter) => values.forPlugin(parameter, set, scale)[0]);
    assert.deepEqual(handed(1), [3, 3, 3]);
    assert.deepEqual(handed(1 / 2), [1.5, 3, 2]);
    assert.deepEqual(handed(1 / 16), [0.5, 3, 1]);
    assert.equal(values.haloOf(declaration, set, 1), 10);
    assert.equal(values.haloOf(declaration, set, 1 / 2), 6);
    assert.equal(values.haloOf(declaration, new Map([['size', 1e9]]), 1), 512);
  });

  test('conditions compare as the plugin would', () => {
    const set = new Map([
      ['mode', 2],
      ['on', true],
    ]);
    assert.ok(values.holds(undefined, set));
    assert.ok(values.holds({ parameter: 'mode', equals: 2 }, set));
    assert.ok(!values.holds({ parameter: 'mode', equals: 1 }, set));
    assert.ok(values.holds({ parameter: 'on', equals: true }, set));
    assert.ok(values.holds({ parameter: 'on', equals: 1 }, set));
    assert.ok(!values.holds({ parameter: 'gone', equals: 0 }, set));
  });
});

describe('curves', () => {
  let curves;

  before(async () => {
    curves = await load('parameters/curve-points.ts');
  });

  test('points keep their order and their room', () => {
    const ends = [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ];
    const { points, index } = curves.withPoint(ends, { x: 0.4, y: 2 });
    assert.equal(index, 1);
    assert.deepEqual(points[1], { x: 0.4, y: 1 });
    assert.ok(curves.moved(points, 1, { x: 3, y: 0.5 })[1].x < 1);
    assert.deepEqual(curves.moved(points, 0, { x: -1, y: -1 })[0], { x: 0, y: 0 });
    assert.equal(curves.withPoint(points, { x: 0.4001, y: 0 }).points, points, 'there is a point already');
    assert.deepEqual(curves.withoutPoint(points, 1), ends);
    assert.equal(curves.withoutPoint(ends, 0), ends, 'two always stay');
  });
});

describe('search', () => {
  test('the beginning of a word beats its middle, and letters in order are enough', async () => {
    const { rank } = await load('commands/search.ts');
    const find = (query) => rank(query, ['Gaussian blur', 'Box blur', 'Sublime', 'Blur'], (item) => item);
    assert.deepEqual(find('bl'), ['Blur', 'Box blur', 'Gaussian blur', 'Sublime']);
    assert.deepEqual(find('gsb'), ['Gaussian blur']);
    assert.equal(find('').length, 4);
    assert.deepEqual(find('xyz'), []);
  });
});
