/** A desk in virtual time. The real one reads ahead with promises, which are not virtual; this one plays arrays in turn, and emits the same facts. */
import { Subject } from 'rxjs';
import type { Desk, DeskCommand, DeskFact } from '../../src/audio/index.js';
import type { OpusFrame } from '../../src/index.js';
import { SILENCE_FRAME } from '../../src/protocol/silence.js';

const FRAME_MS = 20;

interface Track {
  readonly id: string;
  readonly frames: readonly OpusFrame[];
  /** Frames played so far. */
  at: number;
  begun: boolean;
  paused: boolean;
}

/** The part of a desk that the example bot uses; `told` gets each command as text. A track that is no array fails when its turn comes. */
export function deskDouble(told: (what: string) => void): Pick<Desk, 'facts$' | 'tracks' | 'send' | 'add'> & Iterable<OpusFrame> {
  const facts$ = new Subject<DeskFact>();
  const row: Track[] = [];
  const tell = (type: string, track: Track, more: object = {}): void => {
    facts$.next({ at: 0, type, id: track.id, position: track.at * FRAME_MS, heard: track.at * FRAME_MS, ...more } as DeskFact);
  };
  const end = (track: Track, more: object): void => {
    row.splice(row.indexOf(track), 1);
    tell('ended', track, more);
  };
  const send = (command: DeskCommand): void => {
    const { type, source: _, ...rest } = { source: undefined, ...command };
    told(`${type} ${JSON.stringify(rest)}`);
    if (command.type === 'add') {
      const { id = '', source, start = 0, paused = false } = command;
      row.push({ id, frames: source as unknown as readonly OpusFrame[], at: start / FRAME_MS, begun: false, paused });
      return;
    }
    const track = row.find(({ id }) => id === command.id);
    if (track === undefined) return;
    if (command.type === 'remove') end(track, { reason: 'removed' });
    if (command.type === 'pause' || command.type === 'resume') track.paused = command.type === 'pause';
    if (command.type === 'seek') track.at = command.position / FRAME_MS;
  };
  /** The next frame of the current track; undefined when there is nothing to hear. */
  const next = (): OpusFrame | undefined => {
    const [track] = row;
    if (track === undefined || track.paused) return undefined;
    if (!Array.isArray(track.frames)) end(track, { reason: 'failed', error: new Error('no such file') });
    else if (track.at >= track.frames.length) end(track, { reason: 'end' });
    else {
      if (!track.begun) tell('started', track);
      track.begun = true;
      track.at += 1;
      return track.frames[track.at - 1];
    }
    return next();
  };
  return {
    facts$,
    get tracks() {
      return row.map(({ id, at, paused }) => ({ id, position: at * FRAME_MS, heard: 0, status: paused ? ('paused' as const) : ('playing' as const), volume: 1, muted: false, priority: 0 })); // prettier-ignore
    },
    send,
    // The bot does not use the handle.
    add: (source, options) => send({ ...options, type: 'add', source }) as never,
    *[Symbol.iterator]() {
      try {
        for (;;) yield next() ?? SILENCE_FRAME;
      } finally {
        for (const track of [...row]) end(track, { reason: 'stopped' });
        facts$.complete();
      }
    },
  };
}
