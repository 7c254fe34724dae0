/** Two implementations of DAVE in one end-to-end encrypted call, while members of either leave and rejoin. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { combineLatest, filter, firstValueFrom, fromEvent, lastValueFrom, map, startWith, type Observable } from 'rxjs';
import type { VoiceSession } from '../../src/index.js';
import { testFrames } from '../../src/testing/test-frames.js';
import { acceptAnyCertificate } from '../support/certificate.js';
import type { DjsClient } from '../support/djs.js';
import { CHANNEL, firstFrames, GUILD, hex, isSilence, setStage, type Stage } from './stage.js';

const FRAMES = 25;
let restore: () => void;
beforeAll(() => (restore = acceptAnyCertificate()));
afterAll(() => restore());

/** A member of the call, whichever library it is. */
interface Member {
  /** The current privacy code, and each later one. */
  readonly code$: Observable<string | null>;
  verify(userId: string): Promise<string | null>;
  /** Tells the others its SSRC, because djs discards audio that comes before. */
  introduce(): void;
  /** The audio of a user, without silence, once it can be heard. */
  hear(userId: string): Promise<Observable<Uint8Array>>;
  play(frames: readonly Uint8Array[]): Promise<unknown>;
}

function rxMember(session: VoiceSession): Member {
  return {
    code$: session.e2ee$.pipe(map(({ privacyCode }) => privacyCode)),
    verify: (userId) => firstValueFrom(session.verify(userId)),
    introduce: () => undefined,
    hear: async (userId) => session.receive(userId).pipe(map(({ frame }) => frame), filter((frame) => !isSilence(frame))), // prettier-ignore
    play: (frames) => lastValueFrom(session.play(frames)),
  };
}

/** djs has new keys before it emits `transitioned`, which comes for each epoch. */
function djsMember(client: DjsClient): Member {
  const { connection } = client;
  return {
    code$: (fromEvent(connection, 'transitioned') as Observable<unknown>).pipe(
      startWith(0),
      map(() => connection.voicePrivacyCode ?? null),
    ),
    verify: (userId) => connection.getVerificationCode(userId),
    introduce: () => connection.setSpeaking(true),
    hear: async (userId) => {
      const data$ = fromEvent(await client.hear(userId), 'data') as Observable<Buffer>;
      return data$.pipe(filter((frame) => !isSilence(frame)));
    },
    play: (frames) => client.play(frames),
  };
}

/** The frames that a member plays; nobody else has them. */
function song(userId: string): Uint8Array[] {
  return testFrames(FRAMES, Number(userId) * 100);
}

/** Who is in the group, as the server knows it. */
function leavesOf({ server }: Stage): readonly string[] {
  return server.dave(GUILD, CHANNEL)!.snapshot.leaves.filter((leaf) => leaf !== null).sort();
}

/** The call as the test drives it. Ids that begin with 1 belong to rxvoice, those with 2 to djs. */
class Call {
  readonly #stage: Stage;
  readonly #members = new Map<string, Member>();
  readonly #codes = new Set<string>();
  /** The verification codes of each pair of which both members are still here. */
  readonly #verified = new Map<string, string>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async join(userId: string): Promise<void> {
    const rx = userId.startsWith('1');
    this.#members.set(userId, rx ? rxMember(await this.#stage.joinRx({}, userId)) : djsMember(await this.#stage.joinDjs(userId)));
  }

  leave(userId: string): void {
    this.#stage.leave(userId);
    this.#members.delete(userId);
    for (const pair of this.#verified.keys()) if (pair.split(' ').includes(userId)) this.#verified.delete(pair);
  }

  /** Waits for one new group of everybody present, and expects that they agree on who is who and hear each other. */
  async expectOneCall(): Promise<void> {
    await this.#agreed();
    await this.#expectSameVerification();
    await this.#expectAllHeard();
  }

  /** Waits until the server's group holds exactly the present members, and all have one code, which no epoch had before. */
  async #agreed(): Promise<void> {
    const present = [...this.#members.keys()].sort();
    const codes$ = combineLatest([...this.#members.values()].map(({ code$ }) => code$));
    const [code] = await firstValueFrom(
      codes$.pipe(
        filter((codes) => codes[0] !== null && !this.#codes.has(codes[0]!) && new Set(codes).size === 1),
        filter(() => leavesOf(this.#stage).join() === present.join()),
      ),
    );
    expect(code).toMatch(/^\d{30}$/);
    this.#codes.add(code!);
  }

  /** Both ends of each pair see the same code, which does not change while both stay. */
  async #expectSameVerification(): Promise<void> {
    const members = [...this.#members];
    for (const [i, [userId, member]] of members.entries()) {
      for (const [otherId, other] of members.slice(i + 1)) {
        const pair = `${userId} ${otherId}`;
        const [code, same] = await Promise.all([member.verify(otherId), other.verify(userId)]);
        expect(code).toMatch(/^\d{45}$/);
        expect(same).toBe(code);
        expect(code).toBe(this.#verified.get(pair) ?? code);
        this.#verified.set(pair, code!);
      }
    }
  }

  /** Everybody plays at once. */
  async #expectAllHeard(): Promise<void> {
    const users = [...this.#members.keys()];
    for (const member of this.#members.values()) member.introduce();
    const ears: { readonly to: string; readonly from: string; readonly frames: Promise<string[]> }[] = [];
    for (const [to, member] of this.#members) {
      for (const from of users.filter((user) => user !== to))
        ears.push({ to, from, frames: firstFrames(await member.hear(from), FRAMES) });
    }
    await Promise.all([...this.#members].map(([userId, member]) => member.play(song(userId))));
    expect(ears.length).toBe(users.length * (users.length - 1));
    for (const { to, from, frames } of ears)
      expect({ to, from, frames: await frames }).toEqual({ to, from, frames: song(from).map(hex) });
  }
}

describe('an encrypted call of three', () => {
  // Each case has users of its own, because djs keeps its connections in one table per process. Sequential: they compute more than they wait.
  const cases = [
    { who: 'two rxvoice sessions and @discordjs/voice', users: ['11', '21', '12'], leaving: ['11', '21'] },
    { who: 'rxvoice and two of @discordjs/voice', users: ['23', '13', '24'], leaving: ['13', '23'] },
  ];
  it.for(cases)('$who: everybody hears everybody, with one code, whoever leaves and comes back', async ({ users, leaving }, { onTestFinished }) => {
    const stage = await setStage({ daveVersion: 1 });
    onTestFinished(() => stage.end());
    const call = new Call(stage);
    const plain: string[] = [];
    const sent = new Set(users.flatMap(song).map(hex));
    const encrypted = new Set<string>();
    stage.server.packets$.subscribe(({ userId, payload }) => {
      if (sent.has(hex(payload))) plain.push(hex(payload));
      if (hex(payload).endsWith('fafa')) encrypted.add(userId);
    });
    for (const userId of users) await call.join(userId);
    await call.expectOneCall();
    for (const userId of leaving) {
      call.leave(userId);
      await call.expectOneCall();
      await call.join(userId);
      await call.expectOneCall();
    }
    expect(plain).toEqual([]);
    expect([...encrypted].sort()).toEqual([...users].sort());
    expect(stage.server.counters).toMatchObject({ undecryptable: 0, malformed: 0, foreign: 0, early: 0 });
  });
});
