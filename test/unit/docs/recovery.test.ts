/** docs/recovery.md agrees with the recovery table. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RecoveryRule } from '../../../src/driver/recovery/recovery-table.js';
import { RECOVERY_TABLE, STABLE_MS } from '../../../src/driver/recovery/recovery.js';
import { CLOSE_CODES } from '../../../src/protocol/close-codes.js';

const page = readFileSync(new URL('../../../docs/recovery.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1));

function text(rule: RecoveryRule): string {
  switch (rule.action) {
    case 'wait':
      return `wait ${(rule.ms ?? 15_000) / 1000} s, then ${text(rule.then ?? { action: 'fail' })}`;
    case 'end':
      return `end: ${rule.reason}`;
    case 'fail':
      return 'fail';
    default:
      return rule.tries === 1 ? `${rule.action}, once` : rule.action;
  }
}

describe('docs/recovery.md', () => {
  it('has a row for each close code, with its meaning and its rule', () => {
    const told = rows.filter(([code]) => /^\d+$/.test(code!));
    expect(told).toEqual(Object.entries(RECOVERY_TABLE.closed).map(([code, rule]) => [code, CLOSE_CODES[Number(code)]!.meaning, text(rule)]));
  });

  it('has a row for each other fault, with its rule', () => {
    const told = rows.filter(([fault]) => fault!.startsWith('`'));
    const { closed: _closed, closedOther, ...rules } = RECOVERY_TABLE;
    expect(told.map(([fault]) => fault)).toEqual(Object.keys(rules).map((name) => `\`${name}\``));
    for (const [fault, , rule] of told) expect(rule!.replace(/[;,] (a|with) .*/, '')).toBe(text(rules[fault!.slice(1, -1) as keyof typeof rules]));
    expect(rows.filter(([code]) => code!.startsWith('any other')).map((row) => row[2])).toEqual([closedOther.below4000, closedOther.above].map(text));
  });

  it('names the time after which the budget is whole', () => {
    expect(page).toContain(`ready for ${STABLE_MS / 1000} s`);
  });
});
