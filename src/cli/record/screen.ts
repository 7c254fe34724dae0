/** The output of `rxvoice record`: a line for each file, and in a terminal a status line below. */
import { healthNews, placeText } from '../place/place-facts.js';
import type { Teller } from '../report.js';
import { LiveBlock } from '../terminal/live-block.js';
import type { Output } from '../terminal/terminal.js';
import { bytesText, clockText, cut, paint } from '../terminal/text.js';
import { FileLedger, type FilesTold } from './file-ledger.js';
import type { RecordFact } from './record.js';

/** The maximum width of a line; less in a narrower terminal. */
const MAX_COLUMNS = 100;

export function recordScreen(out: Output, colour: boolean): Teller<RecordFact> {
  const block = new LiveBlock(out);
  const ledger = new FileLedger();
  const news = healthNews();
  let health = 'joining';
  return {
    tell: (fact) => {
      ledger.add(fact);
      if (fact.type === 'health') health = placeText(fact);
      const text = news(fact, recordText(fact, colour));
      if (text !== undefined) block.above([text]);
      if (out.isTTY !== true) return;
      const room = Math.max(1, Math.min(out.columns || MAX_COLUMNS, MAX_COLUMNS) - 1);
      block.draw([cut(statusText(ledger.told, health, colour), room)]);
    },
    end: () => block.end(),
  };
}

/** A fact as text; undefined if only the status line shows it. */
export function recordText(fact: RecordFact, colour: boolean): string | undefined {
  switch (fact.type) {
    case 'file-opened':
      return `recording ${fact.path}${fact.userId === null ? '' : ` (user ${fact.userId})`}`;
    case 'file-closed': {
      const missing = [
        [fact.lost, 'lost'],
        [fact.dropped, 'dropped'],
      ].flatMap(([count, what]) => (count === 0 ? [] : [`, ${count} packets ${what}`]));
      return `${paint('✔', 'good', colour)} ${fact.path}: ${clockText(fact.durationMs)}, ${bytesText(fact.bytes)}${missing.join('')}`;
    }
    case 'dropped':
      return paint(`${fact.packets} packets are not recorded: ${fact.reason}`, 'warn', colour);
    case 'not-recorded':
      return paint(`${fact.packets} packets of ${fact.userId === null ? 'somebody unknown' : `user ${fact.userId}`} are not recorded: ${fact.message}`, 'warn', colour);
    case 'file-failed':
      return paint(`${fact.path} failed: ${fact.error.message}${fact.goesOn ? ' It goes on in another file' : ''}`, 'bad', colour);
    case 'progress':
      return undefined;
    case 'health':
      return fact.ready || fact.reason === null ? undefined : placeText(fact);
    default:
      return placeText(fact);
  }
}

function statusText({ open, closed, bytes, length, dropped }: FilesTold, health: string, colour: boolean): string {
  const files = open + closed;
  const sign = open > 0 ? paint('●', 'bad', colour) : '○';
  const lost = dropped > 0 ? [`${dropped} dropped`] : [];
  return [`${sign} ${clockText(length)}`, `${files} ${files === 1 ? 'file' : 'files'}`, bytesText(bytes), ...lost, health].join('  ');
}
