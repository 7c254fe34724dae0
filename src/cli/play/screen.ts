/** The output of `rxvoice play`: a line for each track, and in a terminal a status line below. */
import { healthNews, placeText } from '../place/place-facts.js';
import type { Teller } from '../report.js';
import { LiveBlock } from '../terminal/live-block.js';
import type { Output } from '../terminal/terminal.js';
import { clockText, cut, paint } from '../terminal/text.js';
import type { PlayFact } from './facts.js';
import { statusLine, type Status } from './status-line.js';

/** The maximum width of a line; less in a narrower terminal. */
const MAX_COLUMNS = 100;
const KEYS = 'space pauses, ← → seek, + - volume, n next, q leaves';

/** @param typed whether keys have an effect */
export function playScreen(out: Output, colour: boolean, typed: boolean, volume: number): Teller<PlayFact> {
  const block = new LiveBlock(out);
  const room = (): number => Math.max(1, Math.min(out.columns || MAX_COLUMNS, MAX_COLUMNS) - 1);
  let status: Status = { position: 0, duration: null, paused: false, volume, peak: null, obstacle: 'joining' };
  const news = healthNews();
  let playing: string | undefined;
  return {
    tell: (fact) => {
      const again = fact.type === 'track' && playing === trackText(fact, colour);
      const text = news(fact, again ? undefined : playText(fact, colour));
      if (text !== undefined) block.above(out.isTTY === true ? [cut(text, room())] : [text]);
      if (fact.type === 'place' && typed) block.above([cut(paint(KEYS, 'faint', colour), room())]);
      if (fact.type === 'track') playing = trackText(fact, colour);
      status = statusAfter(status, fact);
      if (out.isTTY === true) block.draw([statusLine(status, room(), colour)]);
    },
    end: () => block.end(),
  };
}

/** The status after a fact. */
export function statusAfter(status: Status, fact: PlayFact): Status {
  switch (fact.type) {
    case 'track':
      return { ...status, duration: fact.duration };
    case 'progress':
      return { ...status, position: fact.position, peak: fact.peak };
    case 'seeked':
      return { ...status, position: fact.position };
    case 'paused':
    case 'resumed':
      return { ...status, position: fact.position, paused: fact.type === 'paused', peak: null };
    case 'volume':
      return { ...status, volume: fact.volume };
    case 'stalled':
      return { ...status, obstacle: 'waiting for the source' };
    case 'recovered':
      return { ...status, obstacle: null };
    case 'health':
      return { ...status, obstacle: fact.ready ? null : placeText(fact) };
    case 'ended':
      return { ...status, position: 0, duration: null, peak: null };
    default:
      return status;
  }
}

function trackText({ index, of, title, duration }: Extract<PlayFact, { readonly type: 'track' }>, colour: boolean): string {
  const number = of > 1 ? `${index + 1}/${of}  ` : '';
  return `${number}${paint(title, 'strong', colour)}${duration === null ? '' : `  ${clockText(duration)}`}`;
}

/** A fact as text; undefined if only the status line shows it. */
export function playText(fact: PlayFact, colour: boolean): string | undefined {
  switch (fact.type) {
    case 'track':
      return trackText(fact, colour);
    case 'ended':
      if (fact.reason === 'failed') return paint(`✘ ${fact.title}: ${fact.message ?? 'it failed'}`, 'bad', colour);
      if (fact.reason === 'broken-off') return paint(`✘ ${fact.title}: the session ended after ${clockText(fact.heard)} of it`, 'bad', colour);
      return fact.reason === 'end' ? undefined : `  ${fact.reason} after ${clockText(fact.heard)}`;
    case 'refused':
      return paint(fact.reason, 'warn', colour);
    case 'place':
    case 'gateway-lost':
      return placeText(fact);
    case 'health':
      return fact.ready || fact.reason === null ? undefined : placeText(fact);
    default:
      return undefined;
  }
}
