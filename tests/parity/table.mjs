// What guests can do, as a table: a line for each behaviour, a column for each language.

/** What stands in the table for an engine. */
const letters = { node: 'N', chromium: 'C', firefox: 'F', webkit: 'W' };

/**
 * @param {{ engine: string, language: string, name: string, failure: string | null }[]} results
 * @returns {string} in Markdown; each field has the engines in which a language does what it should, in small letters those in
 *   which it does not
 */
export function table(results) {
  const columns = [...new Set(results.map(({ language }) => language))].filter((language) => language !== 'all');
  const names = [...new Set(results.filter(({ language }) => language !== 'all').map(({ name }) => name))];
  const field = (name, language) => {
    const own = results.filter((result) => result.name === name && result.language === language);
    return own.map(({ engine, failure }) => (failure === null ? letters[engine] : letters[engine].toLowerCase())).join(' ');
  };
  const rows = names.map((name) => [name, ...columns.map((language) => field(name, language))]);
  const lines = [['behaviour', ...columns], columns.map(() => '---').concat('---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [...lines, '', 'N Node, C Chromium, F Firefox, W WebKit; in a small letter: it does not.'].join('\n');
}
