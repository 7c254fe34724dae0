/** Machines with the real library and the loopback server's delivery service: joins, leaves and messages in any order. Seeded. */
import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { daveyProvider } from '../../../../src/dave/davey.js';
import type { DaveProvider } from '../../../../src/driver/dave/provider.js';
import { parseJsonFrame } from '../../../../src/protocol/frames.js';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { DaveCall } from '../../../../src/server/dave/index.js';
import { testFrame } from '../../../../src/testing/index.js';
import { Bench, CHANNEL } from './bench.js';
import { numbers } from './numbers.js';

const USERS = ['1001', '1002', '1003', '1004', '1005'];
/** Speaks no DAVE: while it is there, the call is plain. */
const PLAIN_USER = '1009';

/** One connection: a machine, the messages waiting for it, and how many of its own messages were delivered. */
class Member {
  readonly bench: Bench<DaveProvider>;
  readonly inbox: (() => void)[] = [];
  delivered = 0;

  constructor(readonly id: string) {
    this.bench = new Bench(daveyProvider(), id);
  }

  json(op: number, d: unknown): void {
    this.inbox.push(() => void this.bench.json(op, d));
  }
}

class Call {
  readonly call: DaveCall;
  readonly members = new Map<string, Member>();
  #plain = false;

  constructor(readonly firstTransitionId: number) {
    // Its timers never run: everything must succeed without them.
    this.call = new DaveCall({ channelId: CHANNEL, downgrade: 'downgrade', firstTransitionId, scheduler: new VirtualTimeScheduler() });
  }

  join(id: string): void {
    const member = new Member(id);
    const present = [...this.members.keys(), ...(this.#plain ? [PLAIN_USER] : [])];
    if (present.length > 0) member.json(VoiceOp.ClientsConnect, { user_ids: present });
    for (const other of this.members.values()) other.json(VoiceOp.ClientsConnect, { user_ids: [id] });
    const admission = this.call.admission(1);
    const version = 'version' in admission ? admission.version : NaN;
    member.inbox.push(() => void member.bench.describe(version));
    this.members.set(id, member);
    this.call.join(
      {
        userId: id,
        sendJson: (op, d) => member.json(op, d),
        sendBinary: (op, body) => {
          const copy = [...body];
          member.inbox.push(() => void member.bench.binary(op, ...copy));
        },
      },
      1,
    );
  }

  leave(id: string): void {
    this.members.delete(id);
    this.#gone(id);
  }

  togglePlain(): void {
    this.#plain = !this.#plain;
    if (!this.#plain) return this.#gone(PLAIN_USER);
    for (const other of this.members.values()) other.json(VoiceOp.ClientsConnect, { user_ids: [PLAIN_USER] });
    this.call.join({ userId: PLAIN_USER, sendJson: () => undefined, sendBinary: () => undefined }, 0);
  }

  get encrypted(): boolean {
    return !this.#plain;
  }

  #gone(id: string): void {
    for (const other of this.members.values()) other.json(VoiceOp.ClientDisconnect, { user_id: id });
    this.call.leave(id);
  }

  /** Delivers one message, of a connection and a direction that `random` chooses. False when there is none. */
  step(random: (max: number) => number): boolean {
    const all = [...this.members.values()];
    const ways = [
      ...all.filter(({ inbox }) => inbox.length > 0).map((member) => () => member.inbox.shift()!()),
      ...all.filter(({ bench, delivered }) => delivered < bench.sent.length).map((member) => () => this.#toServer(member)),
    ];
    ways[ways.length === 0 ? 0 : random(ways.length)]?.();
    return ways.length > 0;
  }

  #toServer(member: Member): void {
    const message = member.bench.sent[member.delivered]!;
    member.delivered += 1;
    if (typeof message !== 'string') return this.call.receiveBinary(member.id, message[0]!, message.subarray(1));
    const { op, d } = parseJsonFrame(message)!;
    this.call.receiveJson(member.id, op, d);
  }
}

function expectSettled({ members, encrypted }: Call): void {
  const all = [...members.values()];
  for (const { bench } of all) {
    expect(bench.failures).toEqual([]);
    expect(bench.machine.settled).toBe(true);
    expect(bench.machine.state.version).toBe(encrypted ? 1 : 0);
    if (encrypted) expect(bench.machine.state.status).toBe(all.length === 1 ? 'alone' : 'secure');
  }
  if (all.length < 2) return;
  expect(new Set(all.map(({ bench }) => bench.machine.state.privacyCode)).size).toBe(1);
  for (const from of all) {
    const frame = testFrame(Number(from.id));
    const sent = from.bench.machine.cipher.encrypt(frame);
    for (const to of all)
      if (to !== from) expect(Buffer.from(frame).equals(to.bench.hear(from.id, sent) ?? Buffer.of())).toBe(true);
  }
}

describe('a call in which everybody comes and goes', () => {
  it.each([[0, 11], [0, 12], [0, 13], [1, 21], [1, 22], [1, 23]])('converges: first transition %i, seed %i', (first, seed) => {
    const random = numbers(seed);
    const call = new Call(first);
    let checks = 0;
    for (let act = 0; act < 60; act += 1) {
      const id = USERS[random(USERS.length)]!;
      if (random(12) === 0) call.togglePlain();
      else if (call.members.has(id)) call.leave(id);
      else call.join(id);
      for (let i = random(20); i > 0; i -= 1) call.step(random);
      if (random(3) !== 0) continue;
      while (call.step(random));
      expectSettled(call);
      checks += 1;
    }
    call.call.close();
    expect(checks).toBeGreaterThan(5);
  }, 30_000);
});
