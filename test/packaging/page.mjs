/** Writes the results as tables in the docs. */

const END = '<!-- end of the results -->';

/**
 * The page with its table replaced by this one.
 *
 * @param command the npm command that writes the table; the mark in the page names it
 */
export function withResults(page, rows, command = 'test:packaging') {
  const begin = `<!-- results: written by \`npm run ${command} -- --write\` -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('the page has lost the marks between which its table stands');
  return `${page.slice(0, from)}${begin}\n\n${markdown(rows)}\n\n${page.slice(to)}`;
}

function markdown(rows) {
  const lines = [['runtime', 'how', 'result'], ['---', '---', '---']];
  for (const { runtime, how, result, reason } of rows) {
    const why = reason === '' ? '' : `: ${reason.replaceAll('|', '\\|')}`;
    lines.push([runtime, how, result + why]);
  }
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
