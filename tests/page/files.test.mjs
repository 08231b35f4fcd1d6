// Files that a person opens, drops and saves: pictures, plugins, and what only looks like them.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engines } from '../lib/browsers.mjs';
import { openPaint, pageFolder } from './lib/paint.mjs';
import { checksum, colourful, decodePng, encodePng, headerOnly } from './lib/png.mjs';

const vignette = readFileSync(join(pageFolder, 'plugins/vignette.wasm'));
const raccoon = readFileSync(new URL('../../www/photos/raccoon.jpg', import.meta.url));

/** A plugin with no code, and one custom section. */
function emptyPlugin(section, text) {
  const name = Buffer.from(section);
  const content = Buffer.concat([Buffer.from([name.length]), name, Buffer.from(text)]);
  const length = content.length;
  const encoded = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, ...encoded]), content]);
}

for (const engine of engines) {
  describe(engine, () => {
    let paint;

    before(async () => {
      paint = await openPaint(engine);
    });

    after(() => paint?.close());

    /** Gives a file that cannot be used, and expects a sentence and nothing else to happen. */
    async function refused(name, bytes, expected) {
      const before = [await paint.checksum(), await paint.text('picture-name')];
      await paint.give([name, bytes]);
      assert.match(await paint.complaint(), expected);
      assert.deepEqual([await paint.checksum(), await paint.text('picture-name')], before);
      assert.ok(!(await paint.isThere('consent')));
    }

    test('a translucent PNG is opened and saved bit by bit', async () => {
      const picture = colourful(300, 270);
      await paint.give(['translucent.png', encodePng(picture)]);
      await paint.opened('translucent.png');
      assert.equal(await paint.checksum(), checksum(picture));
      assert.deepEqual(decodePng(await paint.png()), picture);
    });

    test('an opaque picture is saved bit by bit, after a filter', async () => {
      await paint.click('samples');
      await paint.click('sample-coffee.jpg');
      await paint.opened('coffee.jpg');
      await paint.preview('filter-sepia');
      await paint.apply();
      assert.equal(checksum(decodePng(await paint.png())), await paint.checksum());
      await paint.click('button-save');
      assert.match(await paint.text('note-information'), /^Saved as coffee\.png, \d+ KB\.$/);
    });

    test('one pixel is a picture', async () => {
      const picture = { width: 1, height: 1, pixels: Uint8Array.of(200, 100, 50, 255) };
      await paint.give(['one.png', encodePng(picture)]);
      await paint.opened('one.png');
      assert.equal(await paint.checksum(), checksum(picture));
      for (const name of ['filter-invert', 'filter-gaussian-blur', 'filter-auto-contrast']) {
        await paint.preview(name);
        await paint.apply();
      }
      const { width, height, pixels } = decodePng(await paint.png());
      assert.deepEqual([width, height, pixels.length], [1, 1, 4]);
    });

    test('the filters take pictures of one row and of one column', async () => {
      for (const [width, height] of [
        [700, 1],
        [1, 700],
      ]) {
        const picture = colourful(width, height);
        await paint.give([`${width}.png`, encodePng(picture)]);
        await paint.opened(`${width}.png`);
        for (const name of ['filter-box-blur', 'filter-median', 'filter-emboss']) {
          await paint.preview(name);
          await paint.apply();
        }
        assert.notEqual(await paint.checksum(), checksum(picture));
      }
    });

    test('what is no picture is refused with a sentence, and the open one stays', async () => {
      await refused('empty.png', Buffer.alloc(0), /“empty\.png” is empty/);
      await refused('text.jpg', Buffer.from('This is a text and no picture at all.'), /“text\.jpg” was not opened.*none of PNG/);
      await refused('cut.jpg', raccoon.subarray(0, 100), /“cut\.jpg” was not opened/);
      await refused('cut.png', encodePng(colourful(40, 40)).subarray(0, 200), /“cut\.png” was not opened/);
      await refused('huge.png', headerOnly(30_000, 30_000), /30,000 × 30,000 pixels.*up to 100 megapixels/);
      await refused('flat.png', headerOnly(0, 7), /no pixels/);
      await refused('lying.png', headerOnly(400, 400), /“lying\.png” was not opened/);
    });

    test('a picture with the name of a plugin is a picture', async () => {
      await paint.give(['picture.wasm', raccoon]);
      await paint.opened('picture.wasm');
      assert.equal(await paint.text('picture-size'), '1024 × 768 JPEG');
    });

    test('a plugin is shown before it is added, whatever its name says', async () => {
      await paint.give(['photograph.jpg', vignette]);
      const text = await paint.text('consent');
      assert.match(text, /Add this plugin\?.*Vignette/);
      assert.ok(text.includes(createHash('sha256').update(vignette).digest('hex')));
      assert.match(text, /photograph\.jpg/);
      assert.match(text, /It does not get.*the network/);
      const count = (await paint.filters()).length;
      await paint.click('consent-refuse');
      await paint.gone('consent');
      assert.equal((await paint.filters()).length, count);
    });

    test('an accepted plugin is in the list at once, and runs', async () => {
      const before = await paint.checksum();
      const count = (await paint.filters()).length;
      await paint.give(['mine.wasm', vignette]);
      await paint.click('consent-accept');
      await paint.gone('consent');
      assert.equal((await paint.filters()).length, count + 1);
      assert.ok(await paint.has('[data-filter="added-vignette"]'));
      await paint.settled();
      await paint.apply();
      assert.notEqual(await paint.checksum(), before);
    });

    test('what is no plugin is refused with a sentence', async () => {
      await refused('cut.wasm', vignette.subarray(0, vignette.length / 2), /“cut\.wasm” is not let in/);
      await refused('short.wasm', vignette.subarray(0, 6), /“short\.wasm” is not let in/);
      const component = Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), Buffer.alloc(8)]);
      await refused('component.wasm', component, /“component\.wasm” is not let in/);
    });

    test('a plugin that is no filter, or says what cannot be, is shown but cannot be added', async () => {
      const cases = [
        [emptyPlugin('other', 'x'), /no section “paint\/filter”/],
        [emptyPlugin('paint/filter', '{'), /not JSON/],
        [emptyPlugin('paint/filter', '{"id":"x"}'), /no list “parameters”/],
        [emptyPlugin('paint/filter', '{"id":"X Y","parameters":[]}'), /kebab-case/],
        [
          emptyPlugin('paint/filter', '{"id":"x","name":"X","group":"Y","geometry":{"kind":"point"},"parameters":[]}'),
          /lacks the functions/,
        ],
        [
          emptyPlugin('paint/filter', '{"id":"x","name":"a\\u202eb","group":"Y","geometry":{"kind":"point"},"parameters":[]}'),
          /control characters/,
        ],
      ];
      for (const [bytes, expected] of cases) {
        await paint.give(['odd.wasm', bytes]);
        assert.match(await paint.text('consent-obstacle'), expected);
        assert.ok(!(await paint.isThere('consent-accept')));
        await paint.click('consent-refuse');
        await paint.gone('consent');
      }
    });

    test('files can be dropped anywhere', async () => {
      const drop = (name, base64) =>
        paint.run(
          (name, base64) => {
            const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], name));
            for (const type of ['dragenter', 'dragover', 'drop']) {
              document
                .querySelector('[data-testid="status"]')
                .dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
            }
          },
          name,
          base64,
        );
      const picture = colourful(20, 10);
      await drop('dropped.png', encodePng(picture).toString('base64'));
      await paint.opened('dropped.png');
      assert.equal(await paint.checksum(), checksum(picture));
      await drop('dropped.wasm', vignette.toString('base64'));
      await paint.click('consent-refuse');
      await paint.gone('consent');
    });

    test('nothing went to the console', async () => {
      assert.deepEqual(await paint.browser.consoleErrors(), []);
    });
  });
}
