// Source code without its comments and its text: what is left is what the compiler acts on.

/** One token to drop, or one run of code to keep, at a time. */
const rustTokens = /\/\/[^\n]*|\/\*|b?c?r(#*)"[\s\S]*?"\1|[bc]?"(?:\\[\s\S]|[^"\\])*"|b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\\n])'/g;

/** Rust code without comments (they nest), string and character literals. */
export function rustCode(source) {
  let code = '';
  let from = 0;
  rustTokens.lastIndex = 0;
  for (let token; (token = rustTokens.exec(source)); from = rustTokens.lastIndex) {
    code += `${source.slice(from, token.index)} `;
    if (token[0] === '/*') rustTokens.lastIndex = endOfNested(source, token.index);
    // What was dropped keeps its lines, so that findings can name them.
    code += source.slice(token.index, rustTokens.lastIndex).replace(/[^\n]/g, '');
  }
  return code + source.slice(from);
}

function endOfNested(source, start) {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark; (mark = marks.exec(source)); ) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return source.length;
}

const scriptTokens = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g;

/** JavaScript or TypeScript without comments and quoted strings; templates stay, they can hold code. */
export function scriptCode(source) {
  return source.replace(scriptTokens, (token) => ` ${token.replace(/[^\n]/g, '')}`);
}

/** The numbers, from 1, of the lines in which a pattern is found. */
export function linesWith(code, pattern) {
  return code.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}
