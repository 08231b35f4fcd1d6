// Finding what a person means by a few letters.

/** The items that a query fits, best first; all of them, in their order, for an empty one. */
export function rank<Item>(query: string, items: readonly Item[], textOf: (item: Item) => string): Item[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [...items];
  return items
    .map((item) => ({ item, score: score(wanted, textOf(item).toLowerCase()) }))
    .filter(({ score }) => score > 0)
    .sort((one, two) => two.score - one.score)
    .map(({ item }) => item);
}

/** How well a query fits a text: words at the beginning best, then words inside, then letters in order; 0 if not. */
function score(query: string, text: string): number {
  if (text.startsWith(query)) return 1000 - text.length;
  const wordStart = text.indexOf(` ${query}`);
  if (wordStart >= 0) return 800 - wordStart;
  const inside = text.indexOf(query);
  if (inside >= 0) return 600 - inside;
  let position = -1;
  let gaps = 0;
  for (const letter of query.replaceAll(' ', '')) {
    const next = text.indexOf(letter, position + 1);
    if (next < 0) return 0;
    if (next !== position + 1) gaps += 1;
    position = next;
  }
  return Math.max(1, 200 - 20 * gaps - position);
}
