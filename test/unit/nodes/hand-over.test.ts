/** What a node prepares for a session that still runs elsewhere: sockets that received Hello, open sources; and how a session is told to move. */
import { asyncScheduler, concat, map, NEVER, Observable, of, Subject, switchMap, tap, throwError, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Transports, VoiceSocket } from '../../../src/driver/ports.js';
import { SessionMoved } from '../../../src/engine/session-moved.js';
import { VoiceSocketClosedError } from '../../../src/errors.js';
import type { FrameDescription } from '../../../src/frames/description.js';
import type { FrameInput } from '../../../src/index.js';
import { EarlySockets } from '../../../src/nodes/hand-over/early-sockets.js';
import { PreparedSession } from '../../../src/nodes/hand-over/prepared-session.js';
import { Residents } from '../../../src/nodes/residents.js';
import { testFrames } from '../../../src/testing/index.js';
import { virtualTime } from '../../support/virtual-time.js';

/** The messages on each socket, and counts of opened and closed ones. */
class Sockets {
  readonly said: string[] = [];
  opened = 0;
  closed = 0;
  readonly transports: Transports;

  /** @param life when a socket is open; @param messages its messages from then on */
  constructor(life: () => Observable<unknown>, messages: () => Observable<string>) {
    this.transports = {
      socket$: (endpoint, version) =>
        new Observable((subscriber) => {
          const number = (this.opened += 1);
          subscriber.add(() => (this.closed += 1));
          const messages$ = new Subject<string>();
          const opened$ = life().pipe(
            tap(() => subscriber.add(messages().subscribe(messages$))),
            map((): VoiceSocket => ({ messages$, send: (message) => this.said.push(`${number} ${endpoint} ${version} ${String(message)}`), drop: (code) => subscriber.error(new VoiceSocketClosedError(code)) })),
          );
          subscriber.add(opened$.subscribe(subscriber));
        }),
      udp$: () => NEVER,
    };
  }
}

const messagesOf = (sockets: Transports, endpoint = 'e'): Observable<unknown> => sockets.socket$(endpoint, 8).pipe(switchMap(({ messages$ }) => messages$));

describe('sockets that are opened early', () => {
  it('are ready when each has said Hello, or is lost', () => {
    virtualTime(({ cold, expectObservable }) => {
      const good = (): Sockets => new Sockets(() => cold('--o'), () => cold('---H')); // prettier-ignore
      expectObservable(new EarlySockets(good().transports, 'e', 8, 2).ready$, '^--------!').toBe('-----|');
      expectObservable(new EarlySockets(new Sockets(() => cold('--#'), () => NEVER).transports, 'e', 8, 2).ready$).toBe('--|');
      expectObservable(new EarlySockets(new Sockets(() => NEVER, () => NEVER).transports, 'e', 8, 1).ready$, '^----!').toBe('-');
      expectObservable(new EarlySockets(good().transports, null, 8, 2).ready$).toBe('|');
    });
  });

  it('say what they have said to who takes them, once; and are closed with who has', () => {
    virtualTime(({ cold, expectObservable, flush }) => {
      const world = new Sockets(() => cold('-o'), () => cold('-H----x'));
      const early = new EarlySockets(world.transports, 'e', 8, 2);
      expectObservable(messagesOf(early), '     ----^----!').toBe('----H--x');
      expectObservable(messagesOf(early), '     -----^---!').toBe('-----H-x');
      // There is no third one, so a new socket is opened as usual.
      expectObservable(messagesOf(early), '     ------^---!').toBe('--------H');
      flush();
      expect(world.opened).toBe(3);
      expect(world.closed).toBe(3);
    });
  });

  it('are waited for by who takes them on their way, and lost to him', () => {
    virtualTime(({ cold, expectObservable }) => {
      const early = (life: string): EarlySockets => new EarlySockets(new Sockets(() => cold(life), () => cold('-H')).transports, 'e', 8, 1);
      expectObservable(messagesOf(early('----o')), '--^-----!').toBe('-----H');
      expectObservable(messagesOf(early('----#')), '--^-----!').toBe('----#');
      expectObservable(messagesOf(early('----o--#')), '------^---!').toBe('------H#');
    });
  });

  it('are left out where they are lost, or lead elsewhere, and closed where nobody takes them', () => {
    virtualTime(({ cold, expectObservable, flush }) => {
      let number = 0;
      // The server closes a connection that has not identified in time.
      const world = new Sockets(() => (++number === 1 ? cold('-o-#', undefined, new VoiceSocketClosedError(4003)) : cold('-o')), () => cold('-H'));
      const early = new EarlySockets(world.transports, 'e', 8, 3);
      expectObservable(messagesOf(early, 'other'), '-----^----!').toBe('-------H');
      expectObservable(messagesOf(early), '        ------^---!').toBe('------H');
      cold('-------c').subscribe(() => early.close());
      flush();
      expect(world.opened).toBe(4);
      expect(world.closed).toBe(4);
      expect(world.said).toEqual([]);
    });
  });

  it('say and drop what their session does', () => {
    const world = new Sockets(() => concat(of('o'), NEVER), () => concat(of('H'), NEVER));
    const early = new EarlySockets(world.transports, 'e', 8, 1);
    let lost: unknown;
    early.socket$('e', 8).subscribe({
      next: (socket) => {
        socket.send('identify');
        socket.drop(4900, 'stalled');
      },
      error: (error: unknown) => (lost = error),
    });
    expect(world.said).toEqual(['1 e 8 identify']);
    expect(lost).toMatchObject({ closeCode: 4900 });
  });
});

describe('a session that is prepared', () => {
  const song = (start: number, input = 'song'): FrameDescription => ({ input, from: 'url', start, options: { bitrate: 64_000 } });
  const nowhere: Transports = { socket$: () => throwError(() => new VoiceSocketClosedError(1006)), udp$: () => NEVER };
  const topic = (...sources: FrameDescription[]) => ({ what: 'prepare', endpoint: 'e', sources }) as const;
  const frames = (): FrameInput => testFrames(10);

  it.each([
    ['the place itself', song(100), true],
    ['a place behind it', song(10_100), true],
    ['a place that is sooner reached anew', song(10_101), false],
    ['a place before it', song(99), false],
    ['another song', song(100, 'other'), false],
    ['another way to read it', { ...song(100), options: {} }, false],
  ])('has what was opened for %s', (_, wanted, has) => {
    const prepared = new PreparedSession(topic(song(100)), frames, nowhere);
    expect(prepared.open(wanted) !== undefined).toBe(has);
    // Only for one caller.
    expect(prepared.open(song(100)) !== undefined).toBe(!has);
  });

  it('is ready with the slowest of what it needs, and has nothing of what has failed', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const a = testFrames(1)[0]!;
      const [late$, bad$] = [cold<Uint8Array>('-----a', { a }), cold<Uint8Array>('--#')];
      const prepared = new PreparedSession(topic(song(0), song(0, 'bad')), ({ input }) => (input === 'bad' ? bad$ : late$), nowhere);
      expectObservable(prepared.ready$.pipe(map(() => 'r'))).toBe('--r--(r|)');
      cold('-------c').subscribe(() => {
        expect(prepared.open(song(0, 'bad'))).toBeUndefined();
        prepared.close();
      });
      expectSubscriptions(late$.subscriptions).toBe('^------!');
      expectSubscriptions(bad$.subscriptions).toBe('^-!');
      flush();
    });
  });

  it('is ready at once where it needs nothing, also where what it needs cannot be opened at all', () => {
    for (const sources of [[], [song(0)]]) {
      let ready = false;
      const prepared = new PreparedSession({ what: 'prepare', endpoint: null, sources }, () => { throw new Error('not here'); }, nowhere); // prettier-ignore
      prepared.ready$.subscribe({ complete: () => (ready = true) });
      expect(ready).toBe(true);
      expect(prepared.open(song(0))).toBeUndefined();
    }
  });
});

describe('residents that are told to go', () => {
  const settled = (): Promise<void> => new Promise(setImmediate);

  /** A house of sessions, each with a home side that does or does not hear of its departure. */
  function house(sessions: number, hears: boolean) {
    const clock = new VirtualTimeScheduler();
    const residents = new Residents(() => undefined, clock);
    const told: string[] = [];
    const all = Array.from({ length: sessions }, (_, i) => {
      const session = { i };
      const subscription = residents.house(new Observable<typeof session>((subscriber) => void subscriber.next(session))).subscribe({
        error: (error: SessionMoved) => {
          told.push(`${i} moves`);
          error.letGo();
        },
      });
      if (hears) residents.departure(session)!.soon$.subscribe(() => told.push(`${i} soon`));
      if (hears) residents.departure(session)!.to$.subscribe((to) => told.push(to === null ? `${i} stays` : `${i} to ${to}`));
      return { session, play: () => residents.playing(session, NEVER).subscribe(), leave: () => residents.departure(session)!.leave(), end: () => subscription.unsubscribe() };
    });
    const pass = async (ms: number): Promise<void> => {
      clock.maxFrames = clock.frame + ms;
      clock.flush();
      clock.frame = clock.maxFrames;
      await settled();
    };
    return { residents, told, all, pass };
  }

  it('play on until it is prepared, so many at once', async () => {
    const { residents, told, all } = house(3, true);
    const drained = residents.drain(2);
    expect(told).toEqual(['0 soon', '1 soon']);
    expect(residents.size).toBe(3);
    all[1]!.leave();
    await settled();
    expect(told).toEqual(['0 soon', '1 soon', '1 moves', '2 soon']);
    all[0]!.leave();
    all[2]!.leave();
    await drained;
    expect(told.slice(4).sort()).toEqual(['0 moves', '2 moves']);
    expect(residents.size).toBe(0);
  });

  it('wait for three seconds, and not for one that has ended meanwhile', async () => {
    const { residents, told, all, pass } = house(3, true);
    const drained = residents.drain(1);
    all[0]!.end();
    await settled();
    expect(told).toEqual(['0 soon', '1 soon']);
    await pass(2_999);
    expect(told).toHaveLength(2);
    await pass(1);
    expect(told).toEqual(['0 soon', '1 soon', '1 moves', '2 soon']);
    all[2]!.leave();
    await drained;
    expect(told.at(-1)).toBe('2 moves');
  });

  it('move at once where nobody prepares, or nobody is to', async () => {
    for (const { residents, told, prepare } of [{ ...house(2, false), prepare: true }, { ...house(2, true), prepare: false }]) {
      const drained = residents.drain(2, prepare);
      expect(told).toEqual(['0 moves', '1 moves']);
      await drained;
    }
    expect(new Residents(() => undefined, asyncScheduler).departure({})).toBeUndefined();
  });

  const REST_MS = 10_000;

  it('go to the place that is named, when it is ready; the silent ones first, and then who has been here longest', async () => {
    const { residents, told, all, pass } = house(3, true);
    all[0]!.play();
    const second = all[1]!.play();
    await pass(REST_MS);
    const give = async (i: number): Promise<boolean> => {
      const given = residents.give('b', REST_MS);
      await pass(100);
      all[i]!.leave();
      return given;
    };
    expect(await give(2)).toBe(true);
    second.unsubscribe();
    expect(await give(1)).toBe(true);
    expect(await give(0)).toBe(true);
    expect(told).toEqual(['2 to b', '2 moves', '1 to b', '1 moves', '0 to b', '0 moves']);
    expect(await residents.give('b', REST_MS)).toBe(false);
  });

  it('stay where it is not ready in three seconds, and rest then as one that has come', async () => {
    const { residents, told, all, pass } = house(1, true);
    await pass(REST_MS - 1);
    expect(await residents.give('b', REST_MS)).toBe(false);
    expect(told).toEqual([]);
    await pass(1);
    const given = residents.give('b', REST_MS);
    await pass(2_999);
    expect(told).toEqual(['0 to b']);
    await pass(1);
    expect(await given).toBe(false);
    expect(told).toEqual(['0 to b', '0 stays']);
    // An answer that comes too late has no effect.
    all[0]!.leave();
    await pass(REST_MS - 3_001);
    expect(await residents.give('b', REST_MS)).toBe(false);
    await pass(1);
    const again = residents.give('c', REST_MS);
    await pass(100);
    expect(told.slice(2)).toEqual(['0 to c']);
    all[0]!.leave();
    expect(await again).toBe(true);
    expect(told.at(-1)).toBe('0 moves');
  });

  it('are not told where to where nobody hears of it, and do not go where they end or all drain meanwhile', async () => {
    const deaf = house(1, false);
    await deaf.pass(REST_MS);
    expect(await deaf.residents.give('b', REST_MS)).toBe(false);
    const ends = house(1, true);
    await ends.pass(REST_MS);
    const given = ends.residents.give('b', REST_MS);
    ends.all[0]!.end();
    expect(await given).toBe(false);
    const drains = house(1, true);
    await drains.pass(REST_MS);
    const late = drains.residents.give('b', REST_MS);
    const drained = drains.residents.drain(1);
    expect(drains.told).toEqual(['0 to b', '0 soon']);
    await drains.pass(3_000);
    await Promise.all([drained, late]);
    expect(drains.told.filter((line) => line === '0 moves')).toHaveLength(1);
    expect(await drains.residents.give('b', 0)).toBe(false);
  });
});
