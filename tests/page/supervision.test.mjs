// Filters under supervision: who was stopped, where, with which budget, and what happens next. Nothing of it touches the picture.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { engines } from '../lib/browsers.mjs';
import { openPaint } from './lib/paint.mjs';

for (const engine of engines) {
  describe(engine, () => {
    let paint;
    let original;

    const next = () => paint.driver.executeScript(`return document.querySelector('[data-testid="incident-next"]')?.dataset.next`);

    /** The kinds of events that are listed, newest first. */
    const listed = () => paint.driver.executeScript(`return [...document.querySelectorAll('[data-testid="events"] > li')].map((item) => item.dataset.what)`);

    /** Opens a filter that is stopped, and leaves it stopped. */
    async function stopped(name) {
      await paint.click(name);
      const card = { code: undefined, next: undefined };
      await paint.find('incident');
      card.code = await paint.driver.executeScript(`return document.querySelector('[data-testid="incident"]').dataset.code`);
      card.next = await next();
      return card;
    }

    async function leave() {
      await paint.click('incident-dismiss');
      await paint.gone('incident');
      await paint.click('cancel');
      await paint.gone('filter-panel');
    }

    before(async () => {
      paint = await openPaint(engine);
      original = await paint.checksum();
      await paint.click('kernel-summary');
    });

    after(() => paint?.close());

    test('a filter that loops for ever is stopped at its deadline, and tried again by itself until it is left', async () => {
      const card = await stopped('filter-loop-forever');
      assert.deepEqual(card, { code: 'deadline', next: 'restart' });
      assert.match(await paint.text('incident-sentence'), /ran too long in paint\/filter@1#process/);
      assert.match(await paint.text('incident-where'), /It had3,000 ms for one call, and was stopped after \d,\d{3} ms/);
      const first = await paint.find('incident');
      await paint.click('incident-dismiss');
      await paint.until(
        () =>
          first.isDisplayed().then(
            () => false,
            () => true,
          ),
        'the card is gone',
      );
      // It may have been tried again just then, which shows another card.
      if (await paint.isThere('incident')) await paint.click('incident-dismiss');
      await paint.gone('incident');
      assert.equal(await paint.state(), 'stopped');
      await paint.click('cancel');
      await paint.gone('filter-panel');
      assert.equal(await paint.text('kernel-summary'), 'Kernel idle');
      assert.equal(await paint.checksum(), original);
    });

    test('where calls can be suspended, the page goes on beside a filter that loops, and Cancel ends it at once', async () => {
      const { suspends, slow } = await paint.run(async () => {
        const find = (name) => document.querySelector(`[data-testid="${name}"]`);
        const card = () => find('incident') !== null;
        let slow = false;
        const over = new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            if (find('taking-long') && !slow) {
              slow = true;
              find('cancel').click();
            }
            if (!card() && !(slow && !find('filter-panel'))) return;
            observer.disconnect();
            resolve();
          });
          observer.observe(document.body, { childList: true, subtree: true });
        });
        find('filter-loop-forever').click();
        await over;
        return { suspends: 'Suspending' in WebAssembly, slow };
      });
      assert.equal(slow, suspends);
      if (suspends) {
        assert.equal(await paint.isThere('incident'), false);
        await paint.until(async () => (await paint.text('kernel-summary')) === 'Kernel idle', 'its process is gone');
      } else {
        await leave();
      }
      assert.equal(await paint.checksum(), original);
      await paint.preview('filter-gaussian-blur');
      await paint.click('cancel');
      await paint.gone('filter-panel');
    });

    test('a filter that wants too many handles is shown with its quota', async () => {
      const card = await stopped('filter-flood-handles');
      assert.deepEqual(card, { code: 'trapped', next: 'rest' });
      assert.match(await paint.text('incident-where'), /It had4,096 handles, of which it used 4,096/);
      assert.match(await paint.text('incident-next'), /2 more stops within a minute/);
      await leave();
      await paint.until(async () => (await listed()).slice(0, 2).join() === 'trapped,quota', 'the events are listed');
      assert.match(await paint.text('events'), /Flood the kernel with handles wanted more than its quota/);
    });

    test('a filter that is stopped three times in a minute is in quarantine until it is tried again', async () => {
      for (const expected of ['rest', 'rest', 'quarantine']) {
        const card = await stopped('filter-exhaust-memory');
        assert.deepEqual(card, { code: 'exhausted', next: expected });
        if (expected === 'rest') await leave();
      }
      assert.match(await paint.text('incident-where'), /MB of memory, of which it used/);
      assert.match(await paint.text('quarantine'), /Take all memory/);
      await leave();
      // Its bytes are refused, whoever wants them.
      assert.deepEqual(await stopped('filter-exhaust-memory'), { code: 'quarantined', next: 'quarantine' });
      assert.match(await paint.text('incident'), /Take all memory was not let in/);
      await paint.click('incident-try-again');
      await paint.until(async () => (await next()) === 'rest', 'it was let in, ran, and was stopped again');
      assert.equal(await paint.isThere('quarantine'), false);
      await leave();
      assert.equal(await paint.checksum(), original);
    });

    test('the quarantine holds when the page is loaded again, and is lifted in the panel', async () => {
      for (const expected of ['rest', 'rest', 'quarantine']) {
        assert.equal((await stopped('filter-trap')).next, expected);
        await leave();
      }
      await paint.driver.navigate().refresh();
      await paint.until(() => paint.has('html[data-ready="true"][data-plugins="true"]'), 'the page is ready');
      await paint.click('kernel-summary');
      assert.match(await paint.text('quarantine'), /Break halfway/);
      assert.match(await paint.text('filter-trap'), /quarantine/);
      assert.equal((await stopped('filter-trap')).code, 'quarantined');
      await leave();
      await paint.driver.executeScript(`document.querySelector('[data-testid="quarantine"] button').click()`);
      await paint.gone('quarantine');
      assert.deepEqual(await stopped('filter-trap'), { code: 'trapped', next: 'rest' });
      await leave();
    });

    test('the card is worked with the keyboard alone', async () => {
      await paint.click('filter-stack-overflow');
      await paint.find('incident');
      const focused = () => paint.driver.executeScript('return document.activeElement.dataset.testid');
      await paint.until(async () => (await focused()) === 'incident', 'the card has the focus');
      await paint.press(Key.TAB);
      await paint.press(Key.TAB);
      assert.equal(await focused(), 'incident-details');
      await paint.press(Key.ENTER);
      assert.match(await paint.text('incident-facts'), new RegExp(`CRC-32 ${original}`));
      await paint.press(Key.ESCAPE);
      await paint.gone('incident');
      await paint.press(Key.ESCAPE);
      await paint.gone('filter-panel');
    });

    test('filters that behave are not disturbed by any of it', async () => {
      await paint.preview('filter-gaussian-blur');
      await paint.apply();
      const changed = await paint.checksum();
      assert.notEqual(changed, original);
      assert.deepEqual(await paint.browser.consoleErrors(), []);
    });
  });
}
