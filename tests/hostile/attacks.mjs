// All attacks, in the order of the catalogue.

import beyond from './beyond.mjs';
import bombs from './bombs.mjs';
import data from './data.mjs';
import depth from './depth.mjs';
import groups from './groups.mjs';
import handles from './handles.mjs';
import hosting from './hosting.mjs';
import leases from './leases.mjs';
import loading from './loading.mjs';
import messages from './messages.mjs';
import time from './time.mjs';
import transit from './transit.mjs';
import traps from './traps.mjs';
import waiting from './waiting.mjs';

/** @type {ReturnType<import('./attack.mjs').attack>[]} */
export const attacks = [loading, bombs, handles, transit, data, leases, messages, time, depth, traps, waiting, beyond, groups, hosting].flat();

const titles = attacks.map(({ entry, name }) => `${entry}: ${name}`);
const twice = titles.find((title, index) => titles.indexOf(title) !== index);
if (twice) throw new TypeError(`there are two attacks ${twice}`);

/** Attacks by what a person calls them. */
export const title = ({ entry, name }) => `${entry === 0 ? 'beyond' : entry} · ${name}`;
