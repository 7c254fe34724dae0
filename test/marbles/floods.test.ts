/** A hostile server that sends too much of everything. The cost is counted in answers, values and memory; nothing is timed. */
import { asyncScheduler, mergeMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type VoiceSession } from '../../src/index.js';
import { MAX_MEMBERS } from '../../src/driver/connection/roster.js';
import { PROMPT_MEMBERS } from '../../src/driver/connection/member-news.js';
import { RESET_LIMIT } from '../../src/driver/dave/machine.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { Bench } from '../unit/driver/dave/bench.js';
import { FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

const FLOOD = 10_000;

/** A session that plays and is flooded at 100 ms: what it sent until 150 ms, and whether the song continued. */
function flooded(flood: (voice: VirtualVoice) => void, watch: (session: VoiceSession) => void = () => undefined): { said: number[]; ready: boolean; frames: number } {
  const said: number[] = [];
  let ready = false;
  let frames = 0;
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    const subscription = connectVoice$(voice.gateway, IDS, { ...options, dave: new FakeProvider() })
      .pipe(
        mergeMap((session) => {
          watch(session);
          session.health$.subscribe((health) => (ready = health.ready));
          return session.play(testFrames(20));
        }),
      )
      .subscribe();
    voice.packets$.subscribe(({ payload }) => (frames += payload.length > 3 ? 1 : 0));
    voice.frames$.subscribe(({ op }) => asyncScheduler.now() >= 100 && said.push(op));
    timer(100).subscribe(() => flood(voice));
    timer(1_000).subscribe(() => {
      expect(ready).toBe(true);
      subscription.unsubscribe();
    });
    flush();
  });
  return { said, ready, frames };
}

const many = (op: number, d: (i: number) => unknown) => (voice: VirtualVoice): void => {
  for (let i = 0; i < FLOOD; i += 1) voice.say(op, d(i), i & 0xffff);
};
const user = (i: number): string => String(1_000 + i);

describe('a flood of ten thousand', () => {
  it.each<[string, (voice: VirtualVoice) => void, readonly number[]]>([
    ['Ready', many(VoiceOp.Ready, () => ({ ssrc: 1, ip: '192.0.2.1', port: 9, modes: [] })), []],
    ['Session Description', many(VoiceOp.SessionDescription, () => ({ mode: 'x', secret_key: new Array(32).fill(1) })), []],
    ['Resumed', many(VoiceOp.Resumed, () => null), []],
    ['Hello', many(VoiceOp.Hello, () => ({ heartbeat_interval: 1 })), []],
    ['Heartbeat', many(VoiceOp.Heartbeat, () => null), [VoiceOp.Heartbeat]],
    ['Heartbeat ACK', many(VoiceOp.HeartbeatAck, (i) => ({ t: i })), []],
    ['Speaking', many(VoiceOp.Speaking, (i) => ({ user_id: user(i), ssrc: i, speaking: 1 })), []],
    ['Clients Connect', many(VoiceOp.ClientsConnect, (i) => ({ user_ids: [user(i)] })), []],
    ['Video', many(VoiceOp.Video, (i) => ({ user_id: user(i), audio_ssrc: i + 1 })), []],
    ['Client Disconnect', many(VoiceOp.ClientDisconnect, (i) => ({ user_id: user(i) })), []],
    ['Client Flags', many(18, (i) => ({ user_id: user(i), flags: 1 })), []],
    ['Client Platform', many(20, (i) => ({ user_id: user(i), platform: 0 })), []],
    ['Execute Transition', many(VoiceOp.DaveExecuteTransition, (i) => ({ transition_id: i & 0xffff })), []],
    ['unknown opcodes', many(250, (i) => ({ i })), []],
    ['lists of 50 000', (voice) => {
      const ids = Array.from({ length: 50_000 }, (_, i) => user(i));
      for (const op of [VoiceOp.ClientsConnect, VoiceOp.Ready, VoiceOp.SessionDescription, 250]) voice.say(op, { user_ids: ids, modes: ids, secret_key: ids, d: ids });
    }, []],
  ])('%s: the song goes on, and no more is answered than the few that are due', (_, flood, due) => {
    const { said, frames } = flooded(flood);
    // The Speaking 0 after the song is ours.
    expect(said.filter((op) => op !== VoiceOp.Speaking)).toEqual(due);
    expect(frames).toBe(20);
  });

  it.each([
    ['by opcode 11', many(VoiceOp.ClientsConnect, (i) => ({ user_ids: [user(i)] }))],
    ['by opcode 5', many(VoiceOp.Speaking, (i) => ({ user_id: user(i), ssrc: i, speaking: 1 }))],
  ])('members, %s, are told at once up to a thousand, then all together: what is copied does not grow with the square', (_, flood) => {
    const sizes: number[] = [];
    flooded(flood, (session) => session.members$.subscribe((members) => sizes.push(members.size)));
    expect(sizes.length).toBe(1 + PROMPT_MEMBERS + 1);
    expect(sizes.at(-1)).toBe(FLOOD);
  });

  it('members and more than any call has: no more are remembered', () => {
    let most = 0;
    flooded(
      (voice) => voice.say(VoiceOp.ClientsConnect, { user_ids: Array.from({ length: 60_000 }, (_, i) => user(i)) }),
      (session) => session.members$.subscribe(({ size }) => (most = Math.max(most, size))),
    );
    expect(most).toBe(MAX_MEMBERS);
  });
});

describe('a flood of new groups, opcode 24', () => {
  it('makes so many groups and key packages as a budget allows; then the group is failed, until the next may be made', () => {
    const b = new Bench(new FakeProvider()).join('40').describe(1).sender(SENDER).welcome(0, into(1, 30, 40));
    b.said();
    for (let i = 0; i < FLOOD; i += 1) b.epoch(1);
    expect([b.said().length, b.provider.groups.length, b.timers]).toEqual([RESET_LIMIT, 1 + RESET_LIMIT, 1]);
    expect(b.stands).toBe('v1 failed - hold');
    b.wait(30_000);
    expect([b.said(), b.provider.groups.length]).toEqual([['26 4b01'], 2 + RESET_LIMIT]);
    expect(b.welcome(0, into(2, 30, 40)).stands).toBe('v1 secure 2');
  });
});
