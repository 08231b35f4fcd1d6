// Compile bombs: modules that are small and valid, and made to cost an engine, or the kernel, as much time as they can.

import { combined } from './combined.mjs';
import { functions } from './functions.mjs';
import { modules } from './modules.mjs';

/** All kinds, by name: functions of a scale, a whole number from 1 up, that give a module's bytes. */
export const kinds = { ...functions, ...modules, ...combined };

/** A small module of the same form that costs nothing. */
export const harmless = () => functions.nops(1);
