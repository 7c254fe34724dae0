/** The result of a storm as text. */

const ms = (value) => (value === null ? 'n/a' : `${Math.round(value)} ms`);
const mb = (value) => (value === null ? 'n/a' : `${value >= 0 ? '+' : ''}${value.toFixed(1)} MB`);

/** A table with two columns, followed by the violations. */
export function stormReport(result) {
  const { recovery, growth, violations } = result;
  const rows = [
    ['faults', `${result.faults} of ${result.kinds} kinds, in ${Math.round(result.seconds)} s`],
    ['fault to whole again', `median ${ms(recovery.median)}, p95 ${ms(recovery.p95)}, longest ${ms(recovery.longest)}`],
    ['frames sent', String(result.sent)],
    ['arrived', String(result.arrived)],
    ['lost by a rule of the storm', String(result.lostByRule)],
    ['sent while the server was down or deaf', String(result.deaf)],
    ['sent into a session that the server had ended', result.unheard === 0 ? '0' : `${result.unheard}, the latest ${ms(result.blind)} after the end (${result.blindAfter})`],
    ['unaccounted for', String(result.unaccounted)],
    ['heard by the other member', String(result.heard)],
    ['heap, RSS from the second quarter to the last', `${mb(growth.heap)}, ${mb(growth.rss)}`],
    ['left open', result.leaked.length === 0 ? 'nothing' : result.leaked.join(', ')],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const again = `npm run storm -- --faults ${result.asked} --seed ${result.seed}${result.dave ? ' --dave' : ''}${result.only === null ? '' : ` --kinds '${result.only.join()}'`}`;
  if (violations.length === 0) lines.push('nothing went wrong');
  else lines.push(`${violations.length} violations; to see them again: ${again}`, ...violations.slice(0, 20));
  return lines.join('\n');
}
