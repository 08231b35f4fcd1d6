// All rows, by family.

/** Each family, loaded when it is asked for. */
const families = {
  calls: () => import('./calls.mjs'),
  messages: () => import('./messages.mjs'),
  leases: () => import('./leases.mjs'),
  life: () => import('./life.mjs'),
  memory: () => import('./memory.mjs'),
  traps: () => import('./traps.mjs'),
  metering: () => import('./metering.mjs'),
  filters: () => import('./filters.mjs'),
  growth: () => import('./growth.mjs'),
};

/** What each family is about, as the person reads it. */
export const familyTitles = {
  calls: 'Calls',
  messages: 'Message calls',
  leases: 'Leases',
  life: 'Start and end',
  memory: 'Memory',
  traps: 'Traps',
  metering: 'Metering',
  filters: 'Filters',
  growth: 'Growth',
};

/**
 * All rows in order, each with its family.
 *
 * @returns {Promise<{ family: string, row: import('../report.mjs').Row }[]>}
 */
export async function allRows() {
  const all = [];
  for (const [family, load] of Object.entries(families)) for (const row of (await load()).rows) all.push({ family, row });
  return all;
}

/** The row of a name. */
export async function findRow(name) {
  const found = (await allRows()).find(({ row }) => row.name === name);
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
}
