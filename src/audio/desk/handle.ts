/** A handle of a track: its methods send commands. */
import { filter, takeWhile, type Observable } from 'rxjs';
import type { PcmFilter } from '../steps/step.js';
import type { DeskCommand, TrackCommand } from './commands.js';
import type { DeskFact, TrackState } from './facts.js';
import type { LoopCount } from './options.js';

/** A track, controlled by commands. Times are in ms; {@link DeskCommand} says what each of them does. */
export interface TrackHandle {
  readonly id: string;
  /** The facts of this track. It completes after `ended`. */
  readonly facts$: Observable<DeskFact>;
  /** The current state; undefined before it is added, and after it is gone. */
  readonly state: TrackState | undefined;
  remove(fade?: number): void;
  pause(): void;
  resume(): void;
  volume(volume: number, ramp?: number): void;
  mute(muted?: boolean): void;
  seek(position: number): void;
  loop(loop: LoopCount): void;
  filters(filters: readonly PcmFilter[]): void;
  priority(priority: number): void;
  duck(ducked?: boolean): void;
}

/** What a handle needs from its desk. */
export interface HandledDesk {
  readonly facts$: Observable<DeskFact>;
  readonly tracks: readonly TrackState[];
  send(command: DeskCommand): void;
}

/** A handle of the track with this id, whether it exists yet or not. */
export function trackHandle(desk: HandledDesk, id: string): TrackHandle {
  const send = (command: TrackCommand): void => desk.send(command);
  return {
    id,
    facts$: desk.facts$.pipe(
      filter((fact) => isAbout(fact, id)),
      takeWhile(({ type }) => type !== 'ended', true),
    ),
    get state() {
      return desk.tracks.find((track) => track.id === id);
    },
    remove: (fade) => send({ type: 'remove', id, ...(fade !== undefined && { fade }) }),
    pause: () => send({ type: 'pause', id }),
    resume: () => send({ type: 'resume', id }),
    volume: (volume, ramp) => send({ type: 'volume', id, volume, ...(ramp !== undefined && { ramp }) }),
    mute: (muted = true) => send({ type: 'mute', id, muted }),
    seek: (position) => send({ type: 'seek', id, position }),
    loop: (loop) => send({ type: 'loop', id, loop }),
    filters: (filters) => send({ type: 'filters', id, filters }),
    priority: (priority) => send({ type: 'priority', id, priority }),
    duck: (ducked = true) => send({ type: 'duck', id, ducked }),
  };
}

function isAbout(fact: DeskFact, id: string): boolean {
  if (fact.type === 'ignored') return 'id' in fact.command && fact.command.id === id;
  return fact.id === id;
}
