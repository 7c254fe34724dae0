/** Rules for bots that play what they should not. */
import { isSilenceFrame } from '../../protocol/silence.js';
import type { JournalEntry } from '../world/journal.js';
import { bySeat, type Rule } from './rule.js';

type Packet = Extract<JournalEntry, { readonly type: 'packet' }>;
/** How long (ms) a recovery from a fault may take. */
const CURE_MS = 60_000;
/** A play that begins this soon (ms) after an event is an answer to it: at the next frame of the clock. */
const ANSWER_MS = 20;

export const playsOver: Rule = ({ overlaps }) =>
  overlaps.map(
    ({ at, since }) =>
      `a play was begun at ${at} ms while the one of ${since} ms was still under way: the bot plays twice at once, and the session refuses ` +
      'the second with an AlreadyPlayingError. concatMap plays one after the other, switchMap skips to the newest, exhaustMap ignores what comes meanwhile',
  );

/** A song is a series of frames without silence. It is restarted if its first two frames come again after a connection fault. */
export const restartsSong: Rule = ({ journal }) =>
  bySeat(journal).flatMap((entries) =>
    entries.flatMap((entry, i) => {
      if (entry.type !== 'fault') return [];
      const song = songBefore(entries.slice(0, i));
      const later = untilSilence(entries.slice(i).filter((other): other is Packet => other.type === 'packet' && other.at - entry.at < CURE_MS));
      const again = later.find((packet, at) => song.length > 1 && equal(packet, song[0]) && equal(later[at + 1], song[1]));
      if (again === undefined) return [];
      return [
        `the song that began at ${song[0]!.at} ms begins again at ${again.at} ms, after ${entry.what} at ${entry.at} ms: ` +
          'the bot restarts the song on resume. A session outlives its connections, and holds what plays: play once for each session, and not for each ready of state$',
      ];
    }),
  );

/** The frames since the last silence. */
function songBefore(entries: readonly JournalEntry[]): readonly Packet[] {
  const packets = entries.filter((entry): entry is Packet => entry.type === 'packet');
  return packets.slice(packets.findLastIndex(({ frame }) => isSilenceFrame(frame)) + 1);
}

/** After a silence it is another play: a jingle may be played twice. */
function untilSilence(packets: readonly Packet[]): readonly Packet[] {
  const silence = packets.findIndex(({ frame }) => isSilenceFrame(frame));
  return silence < 0 ? packets : packets.slice(0, silence);
}

function equal(a: Packet | undefined, b: Packet | undefined): boolean {
  return a !== undefined && b !== undefined && a.frame.length === b.frame.length && a.frame.every((byte, i) => byte === b.frame[i]);
}

/** Only voice states that change nothing count: a bot may start to play when it may speak, or was moved. */
export const answersItself: Rule = ({ journal }) =>
  bySeat(journal).flatMap((entries) =>
    entries.flatMap((entry, i) => {
      if (entry.type !== 'state' || entry.changed) return [];
      const soon = entries.slice(i + 1).filter(({ at }) => at - entry.at <= ANSWER_MS);
      if (soon.some(({ type }) => type === 'member' || type === 'speech')) return [];
      const played = soon.find((other): other is Packet => other.type === 'packet' && !isSilenceFrame(other.frame));
      if (played === undefined || !begins(entries, played)) return [];
      return [
        `a voice state of the bot itself came at ${entry.at} ms, and at ${played.at} ms it begins to play: ` +
          `the bot answers itself. Leave out what has its own user_id (${entry.userId})`,
      ];
    }),
  );

/** Whether nothing was played before, or only silence for the last frames. */
function begins(entries: readonly JournalEntry[], packet: Packet): boolean {
  const before = entries.slice(0, entries.indexOf(packet)).findLast((entry): entry is Packet => entry.type === 'packet');
  return before === undefined || isSilenceFrame(before.frame) || packet.at - before.at > ANSWER_MS * 2;
}
