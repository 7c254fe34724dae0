/** A session and its plays, when the bot's process is gone, and when the next one comes. */
import { BehaviorSubject, Observable, Subject, VirtualTimeScheduler, type Subscription } from 'rxjs';
import { expect, it } from 'vitest';
import type { VoiceSession } from '../../../src/driver/session/session.js';
import { SessionMoved } from '../../../src/engine/session-moved.js';
import { AlreadyJoinedError, EngineLostError } from '../../../src/errors.js';
import { described } from '../../../src/frames/description.js';
import type { PlayOptions } from '../../../src/media/send/play-options.js';
import { Keeper } from '../../../src/nodes/keep/keeper.js';
import type { Home } from '../../../src/nodes/keep/kept-session.js';
import type { PlayEvent, VoiceSignal, VoiceState } from '../../../src/types.js';

const KEEP_MS = 1_000;
const PATIENCE_MS = 500;

const server = (token: string, sessionId = 's'): VoiceSignal => ({ guildId: '2', userId: '1', sessionId, channelId: '3', token, endpoint: 'e' });
const song = (start = 0, input = 'a') => described({ *[Symbol.iterator]() {} }, { input, from: 'file', start, options: {} });
const sent = (position: number): PlayEvent => ({ type: 'sent', sequence: 0, timestamp: 0, position, bytes: 1 });

/** A node with one session, and the home sides that come for it. */
class Stage {
  readonly clock = new VirtualTimeScheduler();
  readonly keeper = new Keeper(PATIENCE_MS, this.clock);
  readonly state$ = new BehaviorSubject<VoiceState>({ status: 'ready', version: 0 } as unknown as VoiceState);
  readonly events: string[] = [];
  readonly heard: VoiceSignal[] = [];
  readonly plays: { readonly events$: Subject<PlayEvent>; readonly options: PlayOptions }[] = [];
  readonly fails$ = new Subject<never>();
  readonly session = { state$: this.state$, play: (_: unknown, options: PlayOptions) => this.#play(options) } as unknown as VoiceSession;

  home(name: string, keep = KEEP_MS) {
    const signals$ = new Subject<VoiceSignal>();
    let gone = false;
    const home: Home = { signals$, options: { log: ({ type }) => this.events.push(`${name} is told ${type}`) }, keep, gone: () => gone, heardAt: () => this.clock.now() };
    const subscription = this.keeper.session$('1', '2', home, (heard$, options) => this.#run(heard$, () => options.log?.({ type: 'send-only', at: 0, guildId: '2' }))).subscribe({
      next: () => this.events.push(`${name} is given the session`),
      error: (error: Error) => this.events.push(`${name}: ${error.name}`),
      complete: () => this.events.push(`${name} completes`),
    });
    const playing: Subscription[] = [];
    return {
      signals$,
      leave: () => subscription.unsubscribe(),
      /** Like a lost link: the session first, then the plays, then the signals. */
      vanish: () => {
        gone = true;
        subscription.unsubscribe();
        for (const one of playing) one.unsubscribe();
        signals$.error(new EngineLostError('gone'));
      },
      play: (frames: object, told: string[] = []) => {
        const observer = { next: (event: PlayEvent) => told.push(event.type === 'sent' ? `sent ${event.position}` : event.type === 'finished' ? `finished ${event.frames}` : event.type), complete: () => told.push('complete') };
        playing.push(this.keeper.play$(this.session, frames as Iterable<Uint8Array>, { onEnd: ({ reason }) => told.push(`end ${reason}`) }).subscribe(observer));
        return told;
      },
    };
  }

  run(ms: number): void {
    this.clock.maxFrames = this.clock.frame + ms;
    this.clock.flush();
    this.clock.frame = this.clock.maxFrames;
  }

  #run(signals$: Observable<VoiceSignal>, log: () => void): Observable<VoiceSession> {
    return new Observable((subscriber) => {
      this.events.push('begun');
      subscriber.add(signals$.subscribe({ next: (signal) => this.heard.push(signal), error: (error: unknown) => subscriber.error(error) }));
      subscriber.add(this.fails$.subscribe(subscriber));
      subscriber.add(this.state$.subscribe(log));
      subscriber.add(() => this.events.push('ended'));
      subscriber.next(this.session);
    });
  }

  #play(options: PlayOptions): Observable<PlayEvent> {
    return new Observable((subscriber) => {
      const events$ = new Subject<PlayEvent>();
      this.plays.push({ events$, options });
      subscriber.add(() => this.events.push('play over'));
      subscriber.add(events$.subscribe(subscriber));
      events$.next({ type: 'started' });
    });
  }
}

it('goes on without its bot for so long, and then ends', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.play(song());
  a.vanish();
  stage.run(KEEP_MS - 1);
  expect(stage.events).not.toContain('ended');
  stage.run(1);
  expect(stage.events.slice(-2)).toEqual(['play over', 'ended']);
  stage.home('b');
  expect(stage.events.filter((event) => event === 'begun')).toHaveLength(2);
});

it('ends at once with a bot that leaves, and where nothing is to be kept', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.play(song());
  a.leave();
  expect(stage.events).toContain('ended');
  stage.home('b', 0).vanish();
  expect(stage.events.filter((event) => event === 'ended')).toHaveLength(2);
});

it('is given to who comes next, with its log and what plays: no event is missed from then on, or told twice', () => {
  const stage = new Stage();
  const a = stage.home('a');
  const first = a.play(song());
  stage.plays[0]!.events$.next(sent(0));
  a.vanish();
  stage.plays[0]!.events$.next(sent(20));
  const b = stage.home('b');
  const second = b.play(song());
  stage.plays[0]!.events$.next(sent(40));
  stage.plays[0]!.options.onEnd!({ reason: 'finished', heard: 60, frames: 3 });
  stage.plays[0]!.events$.next({ type: 'finished', frames: 3, heard: 60 });
  stage.plays[0]!.events$.complete();
  expect(first).toEqual(['started', 'sent 0']);
  expect(second).toEqual(['started', 'sent 40', 'end finished', 'finished 3', 'complete']);
  expect(stage.plays).toHaveLength(1);
  stage.state$.next(stage.state$.value);
  expect(stage.events.at(-1)).toBe('b is told send-only');
  b.leave();
  expect(stage.events.at(-1)).toBe('ended');
});

it('what ended meanwhile is told to who plays it next, once', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.play(song());
  a.vanish();
  stage.plays[0]!.options.onEnd!({ reason: 'finished', heard: 60, frames: 3 });
  stage.plays[0]!.events$.next({ type: 'finished', frames: 3, heard: 60 });
  stage.plays[0]!.events$.complete();
  const b = stage.home('b');
  expect(b.play(song())).toEqual(['started', 'end finished', 'finished 3', 'complete']);
  expect(b.play(song())).toEqual(['started']);
  expect(stage.plays).toHaveLength(2);
});

it('a process that has only lost its link goes on where it was, and counts no frame twice', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.play(song());
  for (const position of [0, 20, 40]) stage.plays[0]!.events$.next(sent(position));
  a.vanish();
  stage.plays[0]!.events$.next(sent(60));
  // It has received two: the third was sent while the link was lost.
  const told = stage.home('a').play(song(40));
  stage.plays[0]!.events$.next(sent(80));
  stage.plays[0]!.events$.next({ type: 'finished', frames: 5, heard: 100 });
  expect(told).toEqual(['started', 'sent 40', 'finished 3']);
});

it('another song ends what plays', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.play(song());
  a.vanish();
  expect(stage.home('b').play(song(0, 'other'))).toEqual(['started']);
  expect(stage.events).toContain('play over');
  expect(stage.plays).toHaveLength(2);
});

it('a source that only the bot could read ends with it', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.play([]);
  a.vanish();
  expect(stage.events.at(-1)).toBe('play over');
});

it('who comes before the ghost is found out waits for that; who comes to one that lives is told so', () => {
  const stage = new Stage();
  const a = stage.home('a');
  stage.home('b');
  stage.run(PATIENCE_MS - 1);
  a.vanish();
  expect(stage.events.at(-1)).toBe('b is given the session');
  stage.home('c');
  stage.run(PATIENCE_MS);
  expect(stage.events.at(-1)).toBe(`c: ${AlreadyJoinedError.name}`);
});

it('a token for the connection that there is waits until it is needed; one for another is told', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.signals$.next(server('1'));
  a.vanish();
  const b = stage.home('b');
  b.signals$.next(server('2'));
  expect(stage.heard).toEqual([server('1')]);
  stage.state$.next({ status: 'reconnecting', attempt: 1, closeCode: null });
  expect(stage.heard).toEqual([server('1'), server('2')]);
  stage.state$.next({ status: 'ready', version: 0 } as unknown as VoiceState);
  b.signals$.next(server('3', 'another session'));
  expect(stage.heard.at(-1)).toEqual(server('3', 'another session'));
});

it('nobody is there to move it: the node that drains is not kept waiting', () => {
  const stage = new Stage();
  stage.home('a').vanish();
  let letGo = false;
  stage.fails$.error(new SessionMoved(() => (letGo = true)));
  expect([letGo, stage.events.at(-1)]).toEqual([true, 'ended']);
});

it('nothing of it is left where the node ends', () => {
  const stage = new Stage();
  stage.home('a').vanish();
  stage.keeper.end();
  expect(stage.events.at(-1)).toBe('ended');
  stage.run(KEEP_MS * 2);
  expect(stage.clock.actions.filter(({ closed }) => !closed)).toEqual([]);
});

it('of two plays that were left behind one goes on, and the other is not left to play for nobody', () => {
  const stage = new Stage();
  const a = stage.home('a');
  a.play(song());
  a.play(song(0, 'other'));
  a.vanish();
  expect(stage.events.filter((event) => event === 'play over')).toHaveLength(1);
  expect(stage.home('b').play(song(0, 'other'))).toEqual(['started']);
  expect(stage.plays).toHaveLength(2);
});

it('the same source is the same in whatever order its options were written', () => {
  const written = (options: object): object => described({ *[Symbol.iterator]() {} }, { input: 'a', from: 'file', start: 0, options });
  const stage = new Stage();
  const a = stage.home('a');
  a.play(written({ bitrate: 1, stallTimeout: 2 }));
  a.vanish();
  stage.home('b').play(written({ stallTimeout: 2, bitrate: 1 }));
  expect(stage.plays).toHaveLength(1);
});
