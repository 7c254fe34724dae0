/** An engine whose far side can be lost, in virtual time: the whole wire protocol, and a new far side whenever the last one is gone. */
import { BehaviorSubject, defer, delay, merge, of, Subject, switchMap, throwError, type Observable } from 'rxjs';
import type { VoiceEngine } from '../../src/index.js';
import { driveVoice$ } from '../../src/driver.js';
import type { VoiceOptions } from '../../src/driver.js';
import { EngineLostError } from '../../src/errors.js';
import { HomeSide } from '../../src/engine/home-side.js';
import { remoteSession$ } from '../../src/engine/remote-session.js';
import { serveEngine, type OpenSource } from '../../src/engine/serve-engine.js';
import { SessionMoved } from '../../src/engine/session-moved.js';
import type { WireMessage } from '../../src/engine/wire.js';

export interface MortalEngine extends VoiceEngine {
  /** The current far side is lost: its messages are not delivered, and the operating system closes its sockets. */
  kill(): void;
  /** The current far side is about to end; its sessions are to continue on the next one. */
  move(): void;
  /** From now on, the search for a far side fails with this error; undefined: far sides are available. */
  absent(error: unknown): void;
  /** Whether messages pass between the sides; while they do not, messages wait. */
  reach(up: boolean): void;
  /** The number of far sides so far. */
  readonly lives: number;
}

/**
 * @param far options of the far side, which runs in this thread
 * @param open opens described sources on the far side; without it they are read on this side
 * @param way ms that a message takes between the sides
 */
export function mortalEngine(far: VoiceOptions, ahead: number, open?: OpenSource, way = 0): MortalEngine {
  let lives = 0;
  let kill = (): void => undefined;
  const moved$ = new Subject<void>();
  const up$ = new BehaviorSubject(true);
  let waiting: (() => void)[] = [];
  let missing: unknown;
  const place = (): HomeSide => {
    lives += 1;
    const toFar$ = new Subject<WireMessage>();
    const toHome$ = new Subject<WireMessage>();
    let alive = true;
    const into = (to$: Subject<WireMessage>) => (message: WireMessage) => {
      const copy = structuredClone(message);
      const deliver = (): void => {
        if (alive) to$.next(copy);
      };
      if (up$.value) deliver();
      else waiting.push(deliver);
    };
    const arriving = (to$: Subject<WireMessage>): Observable<WireMessage> => (way === 0 ? to$ : to$.pipe(delay(way)));
    const peer = serveEngine({ messages$: arriving(toFar$), send: into(toHome$) }, (signals$, options) => moving(driveVoice$(signals$, { ...options, ...far }), moved$), open);
    kill = () => {
      alive = false;
      const lost = new EngineLostError('killed by a test');
      peer.lose(lost);
      toHome$.error(lost);
    };
    return new HomeSide({ messages$: arriving(toHome$), send: into(toFar$) }, up$);
  };
  return {
    session$: (signals$, options, guildId) => remoteSession$({ signals$, options, guildId, ahead, opens: (source) => (open === undefined ? undefined : source), portable: () => ({}), place$: () => defer(() => (missing === undefined ? of(place()) : throwError(() => missing))) }),
    kill: () => kill(),
    move: () => moved$.next(),
    absent: (error) => (missing = error),
    reach: (up) => {
      up$.next(up);
      const said = waiting;
      waiting = [];
      for (const deliver of said) deliver();
    },
    get lives() {
      return lives;
    },
  };
}

function moving<T>(session$: Observable<T>, moved$: Observable<void>): Observable<T> {
  return merge(session$, moved$.pipe(switchMap(() => throwError(() => new SessionMoved(() => undefined)))));
}
