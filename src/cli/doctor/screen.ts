/** The report of `rxvoice doctor`, for people to read, and to paste into issues. */
import type { Output } from '../terminal/terminal.js';
import { pad, paint, wrap, type Paint } from '../terminal/text.js';
import type { Verdict } from './check.js';
import type { DoctorFact, DoctorTeller } from './doctor.js';

const SIGNS: Readonly<Record<Verdict, readonly [sign: string, as: Paint]>> = { ok: ['✔', 'good'], warn: ['!', 'warn'], bad: ['✘', 'bad'] };
/** The width of the column with the names of checks. */
const NAME_COLUMNS = 18;
/** The maximum width of the report; less in a narrower terminal. */
const MAX_COLUMNS = 100;
/** In less room, details are printed below the names. */
const LEAST_BESIDE = 50;

export function doctorScreen(out: Output, colour: boolean): DoctorTeller {
  return { tell: (fact) => void out.write(doctorLines(fact, out.columns || MAX_COLUMNS, colour).map((line) => `${line}\n`).join('')) };
}

/** @param columns of the terminal */
export function doctorLines(fact: DoctorFact, columns: number, colour: boolean): string[] {
  const room = Math.max(1, Math.min(columns, MAX_COLUMNS) - 1);
  if (fact.type === 'summary') return ['', paint(summaryText(fact), fact.bad > 0 ? 'bad' : fact.warn > 0 ? 'warn' : 'good', colour)];
  const [sign, as] = SIGNS[fact.verdict];
  const beside = room >= LEAST_BESIDE;
  const margin = beside ? 3 + NAME_COLUMNS : 2;
  const detail = [...wrap(fact.detail, room - margin), ...(fact.cure === undefined ? [] : wrap(`→ ${fact.cure}`, room - margin))];
  const head = `${paint(sign, as, colour)} ${beside ? pad(fact.name, NAME_COLUMNS + 1) : fact.name}`;
  const indented = detail.map((line) => `${' '.repeat(margin)}${line}`);
  return beside ? [`${head}${detail[0] ?? ''}`, ...indented.slice(1)] : [head, ...indented];
}

function summaryText({ ok, warn, bad }: Extract<DoctorFact, { readonly type: 'summary' }>): string {
  if (bad > 0) return `${bad} of ${ok + warn + bad} checks failed: voice will not work until that is mended`;
  return warn > 0 ? `voice works; ${warn} of ${ok + warn} checks have something to say` : `all ${ok} checks are good`;
}
