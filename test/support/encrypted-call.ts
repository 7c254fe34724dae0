/** An encrypted call over real sockets, with the real MLS library in every member: join, agree on a group, hear, leave. */
import { combineLatest, filter, firstValueFrom, lastValueFrom, map, merge, race, ReplaySubject, Subject, switchMap, take, takeUntil, tap, timer, toArray } from 'rxjs';
import { expect } from 'vitest';
import { connectVoice$, type E2eeState, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { startVoiceServer, type LoopbackVoiceServer, type VoiceServerOptions } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { earsOpen } from './ears-open.js';
import { ProcessTime } from './process-time.js';

export const GUILD = '1';
export const CHANNEL = '2';
export const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');

/** ms, well below the test timeout, so that a failure can name what did not come and the state found instead. */
const PATIENCE = 30_000;

/** A server and its members. Their clock stands still while this process does. */
export class EncryptedCall {
  readonly leave = new Map<string, Subject<void>>();
  readonly sessions = new Map<string, VoiceSession>();

  private constructor(
    readonly server: LoopbackVoiceServer,
    readonly time: ProcessTime,
  ) {}

  /** Starts a server, and a call on it. */
  static async start(options: VoiceServerOptions = {}, time = new ProcessTime()): Promise<EncryptedCall> {
    return new EncryptedCall(await startVoiceServer({ daveVersion: 1, ...time.options, ...options }), time);
  }

  /** All members leave, and the server closes. */
  async end(): Promise<void> {
    for (const userId of [...this.leave.keys()]) this.go(userId);
    await this.server.close();
    this.time.stop();
  }

  async join(userId: string, options: VoiceOptions = {}): Promise<VoiceSession> {
    const leave$ = new Subject<void>();
    const session$ = new ReplaySubject<VoiceSession>(1);
    connectVoice$(this.server.gateway(userId), { guildId: GUILD, channelId: CHANNEL, userId }, { ...this.time.options, ...options })
      .pipe(takeUntil(leave$))
      .subscribe(session$);
    this.leave.set(userId, leave$);
    const session = await firstValueFrom(session$);
    this.sessions.set(userId, session);
    return session;
  }

  go(userId: string): void {
    this.leave.get(userId)?.next();
    this.leave.delete(userId);
    this.sessions.delete(userId);
  }

  /** Waits until all members are in one group of exactly these members; returns its privacy code. */
  agreed(): Promise<string> {
    const present = [...this.sessions.keys()].sort().join();
    const inGroup = ({ status, members }: E2eeState): boolean => status === 'secure' && [...members].sort().join() === present;
    return this.soon(() => `one group of ${present}`, firstValueFrom(
      combineLatest([...this.sessions.values()].map((session) => session.e2ee$)).pipe(
        filter((states) => states.every(inGroup) && new Set(states.map(({ privacyCode }) => privacyCode)).size === 1),
        map(([state]) => state!.privacyCode!),
      ),
    ));
  }

  /** `value`, or an error with what was waited for and the state of every member. */
  soon<T>(what: () => string, value: Promise<T>): Promise<T> {
    const patience = timer(PATIENCE).pipe(
      switchMap(() => combineLatest(Object.fromEntries([...this.sessions].map(([userId, { state$, e2ee$ }]) => [userId, combineLatest([state$, e2ee$])])))),
      map((members): never => {
        throw new Error(`waited ${PATIENCE} ms for ${what()}; the members: ${JSON.stringify(members)}`);
      }),
    );
    return firstValueFrom(race(value, patience));
  }

  /** Lets `from` play frames, and expects all other members to hear each of them. */
  async expectHeard(from: string, count: number, first: number): Promise<void> {
    const frames = testFrames(count, first);
    const heard = [...this.sessions].filter(([userId]) => userId !== from).map(([userId, session]) => {
      const so: string[] = [];
      return this.soon(() => `${userId} to hear ${frames.map(hex).join()} of ${from}, heard: ${so.join()}`, firstValueFrom(session.receive(from).pipe(map(({ frame }) => hex(frame)), filter((frame) => frame !== 'f8fffe'), tap((frame) => so.push(frame)), take(count), toArray())));
    }); // prettier-ignore
    await earsOpen(...this.sessions.values());
    await this.soon(() => `${from} to play ${count} frames`, lastValueFrom(this.sessions.get(from)!.play(frames)));
    for (const frame of await Promise.all(heard)) expect(frame).toEqual(frames.map(hex));
  }

  /** All members play `count` frames of their own at once, and hear those of all others. */
  async expectAllHeard(count: number): Promise<void> {
    const own = (userId: string): Uint8Array[] => testFrames(count, Number(userId) * 100);
    const heard = [...this.sessions].map(([userId, session]) => {
      const total = (this.sessions.size - 1) * count;
      return firstValueFrom(session.receive().pipe(map(({ userId: from, frame }) => `${from} ${hex(frame)}`), filter((line) => !line.endsWith('f8fffe')), take(total), toArray())) // prettier-ignore
        .then((lines) => ({ userId, lines }));
    });
    await earsOpen(...this.sessions.values());
    await lastValueFrom(merge(...[...this.sessions].map(([userId, session]) => session.play(own(userId)))));
    const everything = [...this.sessions.keys()].map((from) => own(from).map((frame) => `${from} ${hex(frame)}`));
    for (const { userId, lines } of await Promise.all(heard))
      expect(lines.sort()).toEqual(everything.flat().filter((line) => !line.startsWith(`${userId} `)).sort());
  }
}
