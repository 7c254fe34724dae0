/** An engine whose far sides shut down gracefully, in virtual time: each session is prepared on the next far side before it moves there. */
import { defer, finalize, map, merge, NEVER, of, race, Subject, switchMap, take, tap, throwError, timer, type Observable } from 'rxjs';
import type { VoiceEngine } from '../../src/index.js';
import { driveVoice$, type VoiceOptions, type VoiceSession } from '../../src/driver.js';
import { EngineLostError, VoiceOptionsError } from '../../src/errors.js';
import { Departure } from '../../src/engine/hand-over/departure.js';
import type { Prepared, PrepareTopic } from '../../src/engine/hand-over/prepared.js';
import { HomeSide } from '../../src/engine/home-side.js';
import { remoteSession$ } from '../../src/engine/remote-session.js';
import { serveEngine, type Drive, type OpenSource } from '../../src/engine/serve-engine.js';
import { SessionMoved } from '../../src/engine/session-moved.js';
import type { WireMessage } from '../../src/engine/wire.js';
import { PreparedSession } from '../../src/nodes/hand-over/prepared-session.js';

/** How the next far side reacts to a prepare request: as a node does; does not know the request; takes only sessions that must come; never is ready; or dies. */
export type Next = 'prepares' | 'refuses' | 'full' | 'stalls' | 'dies';

/** ms that a session waits for the preparation, as on a node. */
export const BOUND_MS = 3_000;
/** ms that a message takes between the two sides. */
const WAY_MS = 5;

export interface DepartingEngine extends VoiceEngine {
  /** The current far side shuts down; its sessions are to continue on the next one. */
  depart(): void;
  /** The current far side is overloaded; its session is to continue on the named one, or to stay. */
  direct(to: string): void;
  /** The current far side is lost. */
  kill(): void;
  /** The far sides that the home side was directed to. */
  readonly directions: (string | undefined)[];
  /** The number of far sides asked for, and of those held. */
  readonly places: { asked: number; held: number };
  readonly preparations: { begun: number; closed: number };
}

interface Life {
  readonly home: HomeSide;
  depart(): void;
  direct(to: string): void;
  kill(): void;
}

/** @param open opens described sources on the far side; undefined: they are read on this side */
export function departingEngine(far: VoiceOptions, ahead: number, open: OpenSource | undefined, next: (asked: number) => Next = () => 'prepares'): DepartingEngine {
  const places = { asked: 0, held: 0 };
  const preparations = { begun: 0, closed: 0 };
  const runs: Life[] = [];
  const begin = (): Life => {
    const kind = next(places.asked);
    const toFar$ = new Subject<WireMessage>();
    const toHome$ = new Subject<WireMessage>();
    const departures = new Map<VoiceSession, Departure>();
    let alive = true;
    const life: Life = {
      home: new HomeSide({ messages$: toHome$, send: (message) => carry(toFar$, message) }),
      depart: () => {
        for (const [session, departure] of departures) {
          const left$: Observable<unknown> = departure.announce() ? race(departure.left$, timer(BOUND_MS)) : of(0);
          left$.pipe(take(1)).subscribe(() => moving.get(session)!.next());
        }
      },
      direct: (to) => {
        for (const [session, departure] of departures) {
          if (!departure.announceTo(to)) continue;
          race(departure.left$.pipe(map(() => true)), timer(BOUND_MS).pipe(map(() => false))).pipe(take(1)).subscribe((ready) => (ready ? moving.get(session)!.next() : departure.stay())); // prettier-ignore
        }
      },
      kill: () => {
        if (!alive) return;
        alive = false;
        peer.lose(new EngineLostError('killed by a test'));
        toHome$.error(new EngineLostError('killed by a test'));
      },
    };
    const carry = (to$: Subject<WireMessage>, message: WireMessage): void => {
      const copy = structuredClone(message);
      timer(WAY_MS).subscribe(() => alive && to$.next(copy));
    };
    const moving = new Map<VoiceSession, Subject<void>>();
    const drive: Drive = (signals$, options, _guild, _session, _keep, prepared) => {
      const move$ = new Subject<void>();
      const transports = prepared?.transports ?? far.transports;
      const session$ = driveVoice$(signals$, { ...options, ...far, ...(transports === undefined ? {} : { transports }) }).pipe(
        tap((session) => {
          departures.set(session, new Departure());
          moving.set(session, move$);
          if (!runs.includes(life)) runs.push(life);
        }),
      );
      return merge(session$, move$.pipe(switchMap(() => throwError(() => new SessionMoved(() => undefined)))));
    };
    const prepare = (wish: PrepareTopic): Prepared => {
      if (kind === 'refuses') throw new VoiceOptionsError('topic', 'is not known here');
      if (kind === 'full' && wish.directed === true) throw new EngineLostError('takes no more at once');
      if (kind === 'dies') timer(1).subscribe(() => life.kill());
      preparations.begun += 1;
      const prepared = new PreparedSession(wish, (source) => open?.(source) ?? [], far.transports!);
      const close = (): void => {
        preparations.closed += 1;
        prepared.close();
      };
      return { ready$: kind === 'stalls' || kind === 'dies' ? NEVER : prepared.ready$, transports: prepared.transports, open: (source) => prepared.open(source), close };
    };
    const peer = serveEngine({ messages$: toFar$, send: (message) => carry(toHome$, message) }, drive, open, undefined, {
      prepare,
      departure: (session) => departures.get(session),
    });
    return life;
  };
  const directions: (string | undefined)[] = [];
  const place$ = (to?: string): Observable<HomeSide> =>
    defer(() => {
      directions.push(to);
      if (to === 'nowhere') return throwError(() => new EngineLostError('the node takes no sessions'));
      const { home } = begin();
      places.asked += 1;
      places.held += 1;
      return merge(of(home), NEVER).pipe(finalize(() => (places.held -= 1)));
    });
  return {
    session$: (signals$, options, guildId) => remoteSession$({ signals$, options, guildId, ahead, opens: (description) => (open === undefined ? undefined : description), portable: () => ({}), place$ }),
    depart: () => runs.at(-1)?.depart(),
    direct: (to) => runs.at(-1)?.direct(to),
    directions,
    kill: () => runs.at(-1)?.kill(),
    places,
    preparations,
  };
}
