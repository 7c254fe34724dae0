/** One session that uses every feature, in virtual time. A hook is told of each call into caller's code, and may throw or leave. */
import { asyncScheduler, concat, defer, EMPTY, finalize, ignoreElements, interval, isObservable, map, merge, NEVER, Observable, of, switchMap, takeUntil, timer } from 'rxjs'; // prettier-ignore
import { connectVoice$, type LogEvent, type MediaInterceptor, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrame, testFrames } from '../../src/testing/index.js';
import { FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';
import { tapped } from './call-outs.js';
import { IDS, virtualTime, world } from './virtual-time.js';

/** A call from the library into the caller's code: its name, and the state of the session at that time. */
export interface CallOut {
  readonly name: string;
  readonly stage: string;
  /** ms. */
  readonly at: number;
}

/** The outcome of a scene. */
export interface SceneEnd {
  /** The error of the session; undefined if it completed or was left. */
  readonly failure: unknown;
  /** The errors of the session's plays. */
  readonly playFailures: readonly unknown[];
  /** Frames that a last play, without a hook on it, has sent near the end. */
  readonly probed: number;
  /** Sockets that were opened but not closed. */
  readonly open: readonly string[];
  /** Streams of the session that did not end with the session. */
  readonly endless: readonly string[];
  /** Op 4 commands. */
  readonly commands: readonly (string | null)[];
  /** Sockets opened after the hook left the session. */
  readonly openedLate: readonly string[];
  readonly ignored: readonly string[];
  readonly faults: number;
}

export interface Scene {
  readonly dave: boolean;
  /** How the session ends. Default `left`. */
  readonly end?: 'left' | 'kicked' | 'failed';
  /** Called before each call-out. `leave` unsubscribes from the session. */
  readonly hook: (callOut: CallOut, leave: () => void) => void;
}

const END = 7_000;

export function playScene({ dave, end = 'left', hook }: Scene): SceneEnd {
  let stage = 'before';
  let failure: unknown;
  let left = false;
  let probed = 0;
  const playFailures: unknown[] = [];
  const commands: (string | null)[] = [];
  const openedLate: string[] = [];
  const open: string[] = [];
  const running = new Set<string>();
  const ignored: string[] = [];
  let faults = 0;
  virtualTime(({ flush }) => {
    const { voice, options: base } = world({ heartbeatInterval: 2_000, daveVersion: dave ? 1 : 0 });
    const leave$ = new Observable<void>((subscriber) => void (leave = () => subscriber.next()));
    let leave = (): void => undefined;
    const leaving = (): void => {
      left = true;
      leave();
    };
    const told = (name: string): void => hook({ name, stage, at: asyncScheduler.now() }, leaving);
    voice.commands$.subscribe(({ d }) => commands.push(d.channel_id));
    voice.sockets$.subscribe((event) => {
      const kind = event.slice(0, -1);
      if (event.endsWith('+')) open.push(kind);
      else open.splice(open.indexOf(kind), 1);
      if (left && event.endsWith('+')) openedLate.push(kind);
    });
    if (dave) follow(voice);

    const log = (event: LogEvent): void => {
      if (event.type === 'state') stage = event.state.status === 'connecting' ? `connecting ${event.state.stage}` : event.state.status;
      if (event.type === 'fault') faults += 1;
      if (event.type === 'ignored') ignored.push(`${event.what}: ${event.reason}`);
      told(`log ${event.type}`);
    };
    const options: VoiceOptions = {
      ...base,
      dave: new FakeProvider(),
      recovery: ({ type, resumable }) => {
        if (type === 'kicked') return { action: 'end', reason: 'kicked' };
        return { action: type === 'closed' && resumable ? 'resume' : 'reidentify', delay: 20 };
      },
      interceptors: [lookingOn(told)],
    };
    const target = { ...IDS, selfMute: tapped('selfMute', concat(of(false), NEVER), told) };
    const session$ = connectVoice$(tapped('gateway', voice.gateway, told), target, { ...tapped('options', options, told), log });
    const live$ = interval(20).pipe(map((i) => testFrame(i)));
    const probe = (session: VoiceSession): void =>
      void session.play(testFrames(3)).subscribe({
        next: ({ type }) => type === 'sent' && (probed += 1),
        error: (error: unknown) => playFailures.push(error),
      });

    const use = (session: VoiceSession): Observable<unknown> =>
      merge(
        // A promise does not run in virtual time.
        listened(session, dave ? {} : { 'verify()': session.verify('40') }, told, running),
        at(100, () => played('stopped play', session, tapped('frames', endless(), told), told, playFailures).pipe(takeUntil(timer(100)))),
        at(500, () => played('song', session, testFrames(3), told, playFailures)),
        at(1_200, () => played('stopped play', session, tapped('live', live$, told), told, playFailures).pipe(takeUntil(timer(300)))),
        at(6_000, () => (probe(session), EMPTY)),
      );
    const over$ = merge(leave$, end === 'left' ? timer(END) : NEVER);
    session$.pipe(finalize(() => told('connectVoice$ finalizer')), switchMap(use), takeUntil(over$)).subscribe({ error: (error: unknown) => (failure = error) });

    const act = (ms: number, then: () => void): void => void timer(ms).subscribe(then);
    act(150, () => voice.join('40'));
    act(160, () => voice.speak('40', testFrames(5)));
    act(160, () => voice.say(VoiceOp.ClientsConnect, { user_ids: 'nobody' }));
    act(400, () => voice.close(4015));
    act(600, () => voice.loseUdp(new Error('lost')));
    act(900, () => voice.nameServer('other.test:443'));
    if (end === 'kicked') act(END, () => voice.kick());
    if (end === 'failed') act(END, () => voice.endGateway(new Error('the gateway is gone')));
    flush();
  });
  return { failure, playFailures, probed, open, endless: [...running], commands, openedLate, ignored, faults };
}

/** The voice server's half of DAVE, up to the admission of the bot. */
function follow(voice: ReturnType<typeof world>['voice']): void {
  voice.frames$.subscribe(({ op }) => {
    if (op !== VoiceOp.SelectProtocol) return;
    timer(15).subscribe(() => {
      voice.say(VoiceOp.ClientsConnect, { user_ids: ['40'] }, 1);
      voice.sayBinary(VoiceOp.MlsExternalSender, SENDER, 2);
      voice.sayBinary(VoiceOp.MlsProposals, Uint8Array.of(0, 3), 3);
      voice.sayBinary(VoiceOp.MlsWelcome, Uint8Array.of(0, 0, ...into(1, 30, 40)), 4);
    });
  });
}

/** Subscribes to all streams that the session object has, so a newly added stream is covered as well. */
function listened(session: VoiceSession, more: Readonly<Record<string, Observable<unknown>>>, told: (name: string) => void, running: Set<string>): Observable<never> {
  const members: [string, unknown][] = Object.entries({ ...session, 'receive()': session.receive(), ...more });
  for (const [name, stream$] of members) {
    if (!isObservable(stream$)) continue;
    running.add(name);
    stream$.pipe(finalize(() => told(`${name} finalizer`))).subscribe({
      next: () => told(`${name} listener`),
      error: () => running.delete(name),
      complete: () => running.delete(name),
    });
  }
  return EMPTY;
}

function played(name: string, session: VoiceSession, frames: Parameters<VoiceSession['play']>[0], told: (name: string) => void, failures: unknown[]): Observable<never> {
  return new Observable((subscriber) =>
    session.play(frames, { onEnd: () => told(`${name} onEnd`) }).pipe(finalize(() => told(`${name} finalizer`))).subscribe({
      next: ({ type }) => told(`${name} listener ${type}`),
      error: (error: unknown) => (failures.push(error), subscriber.complete()),
    }),
  );
}

function lookingOn(told: (name: string) => void): MediaInterceptor {
  return (traffic) =>
    merge(
      ...Object.entries(traffic).filter(([, stream$]) => isObservable(stream$)).map(([name, stream$]) =>
        new Observable<never>(() => (stream$ as Observable<unknown>).pipe(finalize(() => told(`${name} finalizer`))).subscribe(() => told(`${name} listener`))),
      ),
    ); // prettier-ignore
}

function at(ms: number, stream: () => Observable<unknown>): Observable<unknown> {
  return timer(ms - 80).pipe(switchMap(() => defer(stream)), ignoreElements());
}

function* endless(): Iterable<Uint8Array> {
  for (let i = 0; ; i++) yield testFrame(i);
}
