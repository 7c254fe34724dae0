/** The rows as a table: on the terminal, and in docs/strangers.md. */
const BEGIN = '<!-- table: written by `npm run test:strangers -- --write` -->';
const END = '<!-- end of the table -->';

/** @param rows `identity`, `pending`, and `cells` with a `result`, a `failure`, or neither if nothing was tried; or an `error` instead */
export function table(rows) {
  const columns = rows.find(({ cells }) => cells !== undefined)?.cells.map(({ column }) => column) ?? [];
  const lines = [['client', ...columns], ['---', ...columns.map(() => '---')], ...rows.map(line)];
  return [lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'), ...reasons(rows)].join('\n\n');
}

/** Whether a row is acceptable. `pending` excuses a failed cell, but not an aborted run. */
export function stands(row) {
  return isWhole(row) || (row.pending !== undefined && row.error === undefined);
}

/** Whether a row that is marked `pending` now succeeds completely. */
export function hasArrived(row) {
  return row.pending !== undefined && isWhole(row);
}

/** The page with its table replaced by this one. @throws Error if the page has lost its marks */
export function withTable(page, rows, about) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/strangers.md has lost the marks between which its table stands');
  return `${page.slice(0, from)}${BEGIN}\n\n${about}.\n\n${table(rows)}\n\n${page.slice(to)}`;
}

function line({ name, identity, cells = [] }) {
  const client = identity === undefined ? name : `${identity.library} (${identity.beside})`;
  return [client, ...cells.map(({ result, failure }) => result ?? (failure === undefined ? '–' : '**no**'))];
}

function reasons(rows) {
  return rows.flatMap(({ name, identity, pending, error, cells = [] }) => {
    const client = identity?.library ?? name;
    const failures = cells.filter(({ failure }) => failure !== undefined).map(({ column, failure }) => `- ${client}, ${column}: ${failure.replace(/\.$/, '')}.`);
    const told = error === undefined ? failures : [`- ${client}: ${error}.`];
    return told.length === 0 ? [] : [[...(pending === undefined ? [] : [`${client} waits for: ${pending}.`, '']), ...told].join('\n')];
  });
}

function isWhole({ cells = [] }) {
  return cells.length > 0 && cells.every(({ result }) => result !== undefined);
}
