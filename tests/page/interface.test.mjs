// The page without a mouse: shortcuts, the palette, what a screen reader is told; and views of the picture.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { engines } from '../lib/browsers.mjs';
import { modifier, openPaint } from './lib/paint.mjs';

for (const engine of engines) {
  describe(engine, () => {
    let paint;
    let original;

    before(async () => {
      paint = await openPaint(engine);
      original = await paint.checksum();
    });

    after(() => paint?.close());

    const attribute = (name, attribute) =>
      paint.driver.executeScript(
        'return document.querySelector(arguments[0])?.getAttribute(arguments[1])',
        `[data-testid="${name}"]`,
        attribute,
      );

    const type = async (text) => {
      for (const letter of text) await paint.press(letter);
    };

    test('a filter is found, opened and applied with the keyboard alone', async () => {
      await paint.press(modifier, 'k');
      await paint.find('palette-input');
      await type('gaus');
      await paint.find('command-filter-bundled-gaussian-blur.wasm');
      await paint.press(Key.ENTER);
      await paint.gone('palette');
      await paint.settled();
      assert.equal(await attribute('filter-panel', 'data-filter'), 'gaussian-blur');
      await paint.press(Key.ARROW_RIGHT);
      await paint.settled();
      await paint.press(Key.ENTER);
      await paint.gone('filter-panel');
      const blurred = await paint.checksum();
      assert.notEqual(blurred, original);
      await paint.press(modifier, 'z');
      assert.equal(await paint.checksum(), original);
      await paint.press(modifier, 'y');
      assert.equal(await paint.checksum(), blurred);
      await paint.press(modifier, 'z');
    });

    test('the list of filters is searched and walked through with the keyboard', async () => {
      await paint.focus('[data-testid="filter-search"]');
      await type('find edges');
      await paint.until(async () => (await paint.filters()).join() === 'filter-sobel-edges', 'one filter fits');
      await paint.press(Key.ENTER);
      await paint.settled();
      assert.equal(await attribute('filter-panel', 'data-filter'), 'sobel-edges');
      await paint.press(Key.ESCAPE);
      await paint.gone('filter-panel');
      await paint.focus('[data-testid="filter-search"]');
      await paint.press(modifier, 'a');
      await paint.press(Key.BACK_SPACE);
      await paint.until(async () => (await paint.filters()).length > 20, 'all filters are back');
    });

    test('a panel that closes does not take the focus from where it went meanwhile', async () => {
      await paint.focus('[data-testid="filter-search"]');
      await paint.preview('filter-invert');
      const focused = await paint.run(async () => {
        const part = (name) => document.querySelector(`[data-testid="${name}"]`);
        // As soon as it is gone, before anything is painted.
        const gone = new Promise((done) => {
          new MutationObserver((_, observer) => {
            if (part('filter-panel')) return;
            observer.disconnect();
            done();
          }).observe(document.body, { childList: true, subtree: true });
        });
        part('cancel').click();
        await gone;
        part('viewport').focus();
        for (let frame = 0; frame < 5; frame += 1) await new Promise((done) => requestAnimationFrame(done));
        return document.activeElement.dataset.testid;
      });
      assert.equal(focused, 'viewport');
    });

    test('the sheet of shortcuts opens and closes, and the focus returns', async () => {
      await paint.focus('[data-testid="viewport"]');
      await paint.press('?');
      assert.match(await paint.text('help'), /Undo/);
      await paint.press(Key.ESCAPE);
      await paint.gone('help');
      assert.equal(await paint.driver.executeScript('return document.activeElement.dataset.testid'), 'viewport');
    });

    test('numbers are typed, limited and reset', async () => {
      await paint.preview('filter-gaussian-blur');
      const field = '[data-testid="parameter-sigma-field"]';
      const value = () => paint.driver.executeScript('return document.querySelector(arguments[0]).value', field);
      const slider = () => paint.driver.executeScript('return document.querySelector("#parameter-sigma").value');
      await paint.focus(field);
      await paint.press(modifier, 'a');
      await type('7.5');
      assert.equal(await slider(), '7.5');
      await paint.press(modifier, 'a');
      await type('5000');
      await paint.press(Key.TAB);
      assert.equal(await value(), '100');
      await paint.click('reset-all');
      assert.equal(await value(), '3');
      await paint.click('cancel');
      await paint.gone('filter-panel');
      assert.equal(await paint.checksum(), original);
    });

    test('zoom by keys, and by the wheel to the pointer', async () => {
      await paint.focus('[data-testid="viewport"]');
      await paint.press('1');
      assert.equal(await paint.text('zoom'), '100 %');
      await paint.press('+');
      assert.equal(await paint.text('zoom'), '150 %');
      await paint.press('-');
      assert.equal(await paint.text('zoom'), '100 %');
      const viewport = await paint.find('viewport');
      const { driver } = paint;
      await driver.actions().move({ origin: viewport, x: 50, y: 40 }).perform();
      const under = () => paint.text('under-pointer');
      const before = await under();
      await driver.actions().scroll(0, 0, 0, -600, viewport).perform();
      await paint.until(async () => (await paint.text('zoom')) !== '100 %', 'the wheel zooms');
      await paint.press('0');
      assert.equal(await attribute('button-fit', 'aria-pressed'), 'true');
      assert.match(before, /^\d+, \d+ *#[0-9a-f]{6} *\d+ \d+ \d+$/);
    });

    test('the line between before and after is moved with the keyboard', async () => {
      await paint.preview('filter-invert');
      await paint.press('s');
      await paint.find('split');
      await paint.focus('[data-testid="split"]');
      await paint.press(Key.HOME);
      assert.equal(await attribute('split', 'aria-valuenow'), '0');
      for (let step = 0; step < 5; step += 1) await paint.press(Key.ARROW_RIGHT);
      assert.equal(await attribute('split', 'aria-valuenow'), '10');
      await paint.press('s');
      await paint.gone('split');
      await paint.press(Key.ESCAPE);
      await paint.gone('filter-panel');
    });

    test('a place in the picture is moved by its handle', async () => {
      await paint.preview('filter-vignette');
      const [handle] = await paint.driver.executeScript(
        `return [...document.querySelectorAll('.point-handle')].map((handle) => handle.dataset.testid)`,
      );
      assert.ok(handle, 'the vignette has a place');
      const before = await attribute(handle, 'aria-valuetext');
      await paint.driver
        .actions()
        .dragAndDrop(await paint.find(handle), { x: 60, y: 40 })
        .perform();
      const dragged = await attribute(handle, 'aria-valuetext');
      assert.notEqual(dragged, before);
      await paint.focus(`[data-testid="${handle}"]`);
      await paint.press(Key.SHIFT, Key.ARROW_LEFT);
      assert.notEqual(await attribute(handle, 'aria-valuetext'), dragged);
      await paint.press(Key.ESCAPE);
      await paint.gone('filter-panel');
    });

    test('turning, mirroring and cropping are steps like others', async () => {
      await paint.press(']');
      assert.equal(await paint.text('picture-size'), '768 × 1024 JPEG');
      await paint.press('[');
      assert.equal(await paint.checksum(), original);
      await paint.press(modifier, 'z');
      await paint.press(modifier, 'z');
      assert.equal(await paint.text('picture-size'), '1024 × 768 JPEG');
      assert.equal(await paint.checksum(), original);
    });

    test('light and dark', async () => {
      const theme = () => paint.driver.executeScript('return document.documentElement.dataset.theme');
      const before = await theme();
      await paint.click('button-theme');
      assert.notEqual(await theme(), before);
      await paint.click('button-theme');
      assert.equal(await theme(), before);
    });

    test('everything that can be pressed has a name, and what happens is announced', async () => {
      await paint.preview('filter-clouds');
      const nameless = await paint.driver.executeScript(`
        const named = (element) => element.getAttribute('aria-label') || element.getAttribute('aria-labelledby') || element.labels?.length || element.textContent.trim();
        return [...document.querySelectorAll('button, input, select, [role="slider"], [tabindex="0"]')]
          .filter((element) => !named(element))
          .map((element) => element.outerHTML.slice(0, 120))`);
      assert.deepEqual(nameless, []);
      await paint.apply();
      assert.equal(await paint.text('announcement'), 'Clouds is applied.');
    });

    test('a small window shows one part at a time', async () => {
      await paint.driver.manage().window().setRect({ width: 480, height: 900 });
      await paint.until(() => paint.driver.executeScript('return innerWidth <= 820'), 'the window is small');
      await paint.click('tab-filters');
      await paint.preview('filter-sepia');
      assert.equal(await attribute('tab-filter', 'aria-pressed'), 'true');
      await paint.apply();
      await paint.click('tab-history');
      assert.match(await paint.text('history'), /Clouds.*Sepia/);
    });

    test('nothing went to the console', async () => {
      assert.deepEqual(await paint.browser.consoleErrors(), []);
    });
  });
}
