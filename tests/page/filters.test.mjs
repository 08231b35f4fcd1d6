// Every filter that comes with the page: it changes the picture, the same way in every engine, and undo brings every
// bit back.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { engines } from '../lib/browsers.mjs';
import { modifier, openPaint } from './lib/paint.mjs';

/** Filters that leave the picture as it is until something is set, with the control that is moved then. */
const neutral = {
  'filter-brightness-contrast': '.slider',
  'filter-curves': '.curve-point',
  'filter-exposure': '.slider',
  'filter-hue-saturation-lightness': '.slider',
  'filter-levels': '.slider',
  'filter-white-balance': '.slider',
};

/** Filters that tell something about the picture. */
const analyses = new Set(['filter-colour-statistics']);

/** Checksums of results, by filter and engine. */
const results = new Map();

for (const engine of engines) {
  describe(engine, () => {
    let paint;
    let original;

    before(async () => {
      paint = await openPaint(engine);
      original = await paint.checksum();
    });

    after(() => paint?.close());

    test('a photograph is there at the start', async () => {
      assert.match(original, /^[0-9a-f]{8}$/);
      assert.equal(await paint.text('picture-name'), 'raccoon.jpg');
      assert.equal(await paint.text('picture-size'), '1024 × 768 JPEG');
    });

    test('every filter changes the picture, and undo and redo go both ways', async () => {
      const filters = await paint.filters();
      assert.ok(filters.length >= 20, `only ${filters.length} filters`);
      for (const name of filters) {
        await paint.preview(name);
        if (analyses.has(name)) continue;
        if (name in neutral) {
          await paint.focus(`.filter-parameters ${neutral[name]}`);
          for (let step = 0; step < 8; step += 1) await paint.press(Key.ARROW_UP);
          await paint.settled();
        }
        assert.equal(await paint.checksum(), original, `the preview of ${name} changes nothing yet`);
        await paint.apply();
        const changed = await paint.checksum();
        assert.notEqual(changed, original, `${name} changes the picture`);
        results.set(name, { ...results.get(name), [engine]: changed });
        await paint.press(modifier, 'z');
        assert.equal(await paint.checksum(), original, `undo of ${name}`);
        await paint.press(modifier, Key.SHIFT, 'z');
        assert.equal(await paint.checksum(), changed, `redo of ${name}`);
        await paint.click('button-undo');
        assert.equal(await paint.checksum(), original, `undo of ${name} by its button`);
      }
    });

    test('a filter with neutral values says that it changes nothing, and is no step', async () => {
      const before = await paint.text('history');
      await paint.preview('filter-levels');
      await paint.click('reset-all');
      await paint.settled();
      await paint.apply();
      assert.match(await paint.text('note-information'), /changes nothing/);
      assert.equal(await paint.checksum(), original);
      assert.equal(await paint.text('history'), before);
    });

    test('an analysis is shown as a table', async () => {
      const [name] = analyses;
      await paint.preview(name);
      assert.match(await paint.text('report'), /Mean.*Red/);
      assert.ok(!(await paint.isThere('apply')));
      await paint.click('cancel');
      await paint.gone('filter-panel');
    });

    test('a cancelled filter leaves no trace', async () => {
      await paint.preview('filter-invert');
      await paint.press(Key.ESCAPE);
      await paint.gone('filter-panel');
      assert.equal(await paint.checksum(), original);
    });

    test('a run at full size can be cancelled, and goes back to the preview', async () => {
      await paint.preview('filter-unsharp-mask');
      // Both in one turn: the run cannot have come to its end.
      await paint.run(() => {
        document.querySelector('[data-testid="apply"]').click();
        document.querySelector('[data-testid="cancel"]').click();
      });
      await paint.settled();
      assert.equal(await paint.checksum(), original);
      await paint.click('cancel');
      await paint.gone('filter-panel');
      assert.match(await paint.text('announcement'), /as before|cancelled/);
    });

    test('another picture ends a run at full size', async () => {
      await paint.preview('filter-unsharp-mask');
      await paint.run(() => {
        document.querySelector('[data-testid="samples"]').click();
      });
      await paint.find('sample-coffee.jpg');
      await paint.run(() => {
        document.querySelector('[data-testid="sample-coffee.jpg"]').click();
        document.querySelector('[data-testid="apply"]').click();
      });
      await paint.opened('coffee.jpg');
      await paint.until(async () => (await paint.state()) !== 'applying', 'the run has ended');
      await paint.press(Key.ESCAPE);
      await paint.gone('filter-panel');
      await paint.click('samples');
      await paint.click('sample-raccoon.jpg');
      await paint.opened('raccoon.jpg');
      assert.equal(await paint.checksum(), original);
    });

    test('steps can be reached from the history list in any order', async () => {
      await paint.preview('filter-invert');
      await paint.apply();
      const inverted = await paint.checksum();
      await paint.preview('filter-box-blur');
      await paint.apply();
      const blurred = await paint.checksum();
      for (const [step, expected] of [
        [0, original],
        [2, blurred],
        [1, inverted],
        [0, original],
      ]) {
        await paint.click(`history-${step}`);
        assert.equal(await paint.checksum(), expected, `step ${step}`);
      }
      assert.match(await paint.text('history-memory'), /^4\.7 MB of \d+ MB$/);
    });

    test('the strength mixes, down to the original', async () => {
      await paint.preview('filter-invert');
      await paint.focus('#strength');
      await paint.press(Key.HOME);
      await paint.settled();
      await paint.apply();
      assert.equal(await paint.checksum(), original);
      await paint.preview('filter-invert');
      await paint.click('reset-all');
      await paint.click('cancel');
    });

    test('a selection limits a filter', async () => {
      await paint.preview('filter-invert');
      await paint.apply();
      const everywhere = await paint.checksum();
      await paint.press(modifier, 'z');
      const viewport = await paint.find('viewport');
      await paint.press('m');
      const { driver } = paint;
      await driver
        .actions()
        .move({ origin: viewport, x: -60, y: -60 })
        .press()
        .move({ origin: viewport, x: 40, y: 30 })
        .release()
        .perform();
      await paint.find('selection');
      await paint.preview('filter-invert');
      await paint.apply();
      const inside = await paint.checksum();
      assert.notEqual(inside, original);
      assert.notEqual(inside, everywhere);
      await paint.preview('filter-invert');
      await paint.apply();
      assert.equal(await paint.checksum(), original, 'inverted twice, inside of the same selection');
      await paint.press(modifier, 'd');
      await paint.gone('selection');
      await paint.press('h');
    });

    test('no process is left, and nothing went to the console', async () => {
      assert.equal(await paint.text('kernel-summary'), 'Kernel idle');
      assert.deepEqual(await paint.browser.consoleErrors(), []);
    });
  });
}

test('all engines give the same bytes', () => {
  for (const [name, byEngine] of results) {
    assert.equal(new Set(Object.values(byEngine)).size, 1, `${name}: ${JSON.stringify(byEngine)}`);
  }
});
