/** Where a session continues next: held while it is being prepared, then taken or released, with everything that was started for it. */
import { asyncScheduler, map, Subject, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { EngineLostError } from '../../../src/errors.js';
import { NextPlace, type Place } from '../../../src/engine/hand-over/next-place.js';
import { HomeSide } from '../../../src/engine/home-side.js';
import { Peer } from '../../../src/engine/peer.js';
import type { WireMessage } from '../../../src/engine/wire.js';
import { virtualTime } from '../../support/virtual-time.js';

type Answer = 'ready' | 'refuses' | 'lost' | 'silent';

/** A far side that gives this answer after 2 ms, and records its requests as text. */
function farSide(answer: Answer, said: string[]): HomeSide {
  const messages$ = new Subject<WireMessage>();
  const home = new HomeSide({
    messages$,
    send: (message) => {
      if (message.type === 'unsubscribe') said.push('unprepared');
      if (message.type !== 'subscribe') return;
      said.push(message.topic.what);
      if (answer === 'silent') return;
      timer(2).subscribe(() => {
        const { id } = message;
        if (answer === 'lost') messages$.error(new EngineLostError('gone'));
        else messages$.next(answer === 'ready' ? { type: 'next', id, value: { prepared: true } } : { type: 'error', id, error: { ref: 1, name: 'Error', message: 'no', fields: {} } });
      });
    },
  });
  return home;
}

interface Act {
  readonly take?: number;
  readonly release?: number;
  /** Whether there is only one place. */
  readonly only?: boolean;
}

/** The places are emitted according to `places`, and their far sides answer in turn. */
function run(places: string, answers: readonly Answer[], { take, release, only = false }: Act, subscriptions: string | string[]): { said: string[]; moves: number[]; taken: Place | undefined } {
  const said: string[] = [];
  const moves: number[] = [];
  let taken: Place | undefined;
  virtualTime(({ cold, expectSubscriptions, flush }) => {
    let asked = 0;
    const source$ = cold(places);
    const place$ = (): Observable<HomeSide> => source$.pipe(map(() => farSide(answers[asked++]!, said)));
    const send = (message: WireMessage): void => void (message.type === 'subscribe' && moves.push(asyncScheduler.now()));
    const peer = new Peer({ messages$: new Subject(), send }, () => ({ demand: () => undefined, close: () => undefined }));
    const behind = { peer, session: 7, sources: new Map(), up$: new Subject<boolean>() };
    const next = new NextPlace({ only, place$, topic: () => ({ what: 'prepare', endpoint: null, sources: [] }), scheduler: asyncScheduler, behind });
    next.look();
    if (take !== undefined) timer(take).subscribe(() => (taken = next.take()));
    if (release !== undefined) timer(release).subscribe(() => next.release());
    expectSubscriptions(source$.subscriptions).toBe(subscriptions);
    flush();
  });
  return { said, moves, taken };
}

describe('the next place of a session', () => {
  it('is taken when it is ready, with all that it is held by', () => {
    const { said, moves, taken } = run('--h', ['ready'], { take: 8, release: 9 }, '^');
    expect(moves).toEqual([4]);
    expect(said).toEqual(['prepare']);
    expect(taken?.preparation).toBe(1);
    taken!.there.unsubscribe();
    expect(said).toEqual(['prepare', 'unprepared']);
  });

  it.each<[string, string, Answer[], Act, string, string[]]>([
    ['there is none yet', '----------h', [], { take: 5 }, '^----!', []],
    ['there never is', '-', [], { release: 5 }, '^----!', []],
    ['looking for one fails', '---#', [], { take: 5 }, '^--!', []],
    ['it is not ready', '--h', ['silent'], { take: 5 }, '^----!', ['prepare', 'unprepared']],
    ['it is not ready, and nothing is to move', '--h', ['silent'], { release: 5 }, '^----!', ['prepare', 'unprepared']],
    ['nothing is to move any more', '--h', ['ready'], { release: 8 }, '^-------!', ['prepare', 'unprepared']],
  ])('is let go of where %s', (_, places, answers, act, subscription, expected) => {
    const { said, moves, taken } = run(places, answers, act, subscription);
    expect(taken).toBeUndefined();
    expect(said).toEqual(expected);
    expect(moves).toHaveLength(answers[0] === 'ready' ? 1 : 0);
  });

  it('is none where that does not prepare: the session need not wait', () => {
    const { moves, taken } = run('--h', ['refuses'], { take: 8 }, '^---!');
    expect(moves).toEqual([4]);
    expect(taken).toBeUndefined();
  });

  it('is looked for again where it is lost, and the session waits', () => {
    const { moves, taken } = run('--h', ['lost', 'ready'], { take: 80 }, ['^---!', '------------------------------------------------------^']);
    expect(moves).toEqual([58]);
    expect(taken).toBeDefined();
  });

  it.each<Answer>(['refuses', 'lost'])('is that one or none: where it %s, nothing moves, and no other is looked for', (answer) => {
    const { said, moves, taken } = run('--h', [answer], { take: 80, only: true }, '^---!');
    expect([said[0], moves, taken]).toEqual(['prepare', [], undefined]);
  });

  it('moves where that one is ready', () => {
    const { moves, taken } = run('--h', ['ready'], { take: 8, only: true }, '^');
    expect(moves).toEqual([4]);
    expect(taken).toBeDefined();
  });

  it('is not looked for again by who has given it up', () => {
    expect(run('--h', ['lost'], { release: 20 }, '^---!').moves).toEqual([]);
  });
});
