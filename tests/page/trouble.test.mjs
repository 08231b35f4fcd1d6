// Plugins that misbehave on purpose: each is stopped, the person is told, and the picture keeps every bit.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { engines } from '../lib/browsers.mjs';
import { openPaint } from './lib/paint.mjs';

for (const engine of engines) {
  describe(engine, () => {
    let paint;
    let original;

    before(async () => {
      paint = await openPaint(engine);
      original = await paint.checksum();
    });

    after(() => paint?.close());

    test('every plugin of the group Trouble is stopped, and the picture is untouched', async () => {
      const names = await paint.filters('Trouble');
      assert.ok(names.length >= 8, `only ${names.length} plugins`);
      for (const name of names) {
        await paint.click(name);
        const sentence = await paint.text('incident-sentence');
        assert.match(sentence, /^[“\p{Lu}].{20,}\.$/su, `${name}: ${sentence}`);
        assert.match(await paint.text('incident'), /was (stopped|not let in)/, name);
        assert.match(await paint.text('incident-picture'), /^Your picture is untouched/, name);
        assert.equal(await paint.checksum(), original, name);
        await paint.click('incident-details');
        assert.match(await paint.text('incident-facts'), new RegExp(`CRC-32 ${original}`), name);
        await paint.click('incident-dismiss');
        await paint.gone('incident');
        if (await paint.isThere('filter-panel')) {
          assert.equal(await paint.state(), 'stopped', name);
          await paint.click('cancel');
          await paint.gone('filter-panel');
        }
        assert.equal(await paint.text('kernel-summary'), 'Kernel idle', `${name} left a process`);
      }
    });

    test('last words are shown', async () => {
      await paint.click('filter-trap');
      assert.match(await paint.text('incident-last-words'), /I broke down on purpose/);
      await paint.press(Key.ESCAPE);
      await paint.gone('incident');
      await paint.press(Key.ESCAPE);
      await paint.gone('filter-panel');
    });

    test('trying again is stopped again', async () => {
      await paint.click('filter-trap');
      const first = await paint.find('incident');
      await paint.click('incident-try-again');
      await paint.until(
        () =>
          first.isDisplayed().then(
            () => false,
            () => true,
          ),
        'the first card is gone',
      );
      await paint.find('incident');
      await paint.click('incident-dismiss');
      await paint.gone('incident');
    });

    test('applying a plugin that was stopped is stopped, and leaves the picture alone', async () => {
      await paint.click('apply');
      await paint.find('incident');
      await paint.click('incident-dismiss');
      await paint.gone('incident');
      assert.equal(await paint.checksum(), original);
      assert.equal(await paint.state(), 'stopped');
      await paint.click('cancel');
      await paint.gone('filter-panel');
    });

    test('what happened is listed with the kernel, and can be read again', async () => {
      await paint.click('kernel-summary');
      assert.match(await paint.text('activity'), /Stopped.*Break halfway/);
      await paint.driver.executeScript(`document.querySelector('[data-testid="activity"] .exit').click()`);
      assert.match(await paint.text('incident'), /Break halfway was stopped/);
      await paint.click('incident-close');
      await paint.gone('incident');
    });

    test('other filters work as before', async () => {
      await paint.preview('filter-gaussian-blur');
      await paint.apply();
      assert.notEqual(await paint.checksum(), original);
      assert.deepEqual(await paint.browser.consoleErrors(), []);
    });
  });
}
