// Known in pages, too, where plugins are not made.

/** How many plugins of each kind there are, each with code of its own. */
export const variants = 48;
