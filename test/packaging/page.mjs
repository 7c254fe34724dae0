/** The results as the table of docs/bundlers.md. */

const BEGIN = '<!-- results: written by `npm run test:packaging -- --write` -->';
const END = '<!-- end of the results -->';

/** The page with its table replaced by this one. */
export function withResults(page, rows) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/bundlers.md has lost the marks between which its table stands');
  return `${page.slice(0, from)}${BEGIN}\n\n${markdown(rows)}\n\n${page.slice(to)}`;
}

function markdown(rows) {
  const lines = [['runtime', 'how', 'result'], ['---', '---', '---']];
  for (const { runtime, how, result, reason } of rows) {
    const why = reason === '' ? '' : `: ${reason.replaceAll('|', '\\|')}`;
    lines.push([runtime, how, result + why]);
  }
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
