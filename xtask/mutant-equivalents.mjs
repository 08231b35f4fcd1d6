// Changes that change nothing: the kernel does the same with them, so no test can notice.

const translator = 'kernel/src/translator';

/** By what cargo-mutants calls them, without line and column, and with a number where several are called so: why. */
const reasons = {
  [`${translator}/callee.rs: replace | with ^ in destructor`]: 'the bit that is set is not set before: no process has 2³¹ destructors',
  [`${translator}/caller.rs: replace + with - in push_slot (3)`]: 'the slot is the first field of an entry: what is added is 0',
  [`${translator}/lift.rs: replace > with >= in lift`]: 'for elements of one byte the address is compared with a mask of 0, which nothing fails',
};

/**
 * Why nothing can notice a change.
 *
 * @param {import('./mutant-list.mjs').Mutant} mutant
 * @returns {string | undefined} undefined if something could
 */
export const equivalent = ({ where }) => (Object.hasOwn(reasons, where) ? reasons[where] : undefined);
