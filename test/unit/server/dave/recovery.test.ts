import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import type { DaveMessage } from '../../../support/davey-client.js';
import { Stage, user } from './stage.js';

function groupOf(count: number, stage = new Stage()): Stage {
  for (let n = 0; n < count; n += 1) stage.join(n);
  stage.settle();
  stage.expectConverged();
  return stage;
}

/** Delivers messages until one with this opcode waits for the server. */
function untilSent(stage: Stage, n: number, op: number): DaveMessage {
  const seat = stage.seats.get(user(n))!;
  for (;;) {
    const message = seat.up.find((waiting) => waiting.op === op);
    if (message !== undefined) return message;
    const down = [...stage.seats.values()].find((other) => other.down.length > 0);
    if (down !== undefined) down.client.handle(down.down.shift()!);
    else stage.lines()[0]!();
  }
}

describe('recovery by opcode 31 and a new key package', () => {
  it('from a commit that is garbage to everybody: the newcomer, who got a Welcome, adds all anew', () => {
    const stage = groupOf(3);
    stage.call.faults.garbleCommit();
    stage.join(3);
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toHaveLength(3);
    expect(stage.call.counters).toMatchObject({ flagged: 3, reset: 0 });
  });

  it('from a commit that is garbage to one: its leaf is swapped, and has the same index as before', () => {
    const stage = groupOf(4);
    const index = stage.call.snapshot.leaves.indexOf(user(2));
    stage.call.faults.garbleCommit(user(2));
    stage.join(4);
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toEqual(stage.client(2).failures);
    expect(stage.failures).toHaveLength(1);
    expect(stage.call.snapshot.leaves[index]).toBe(user(2));
  });

  it('from a Welcome that is garbage', () => {
    const stage = groupOf(2);
    stage.call.faults.garbleWelcome();
    stage.join(2);
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toHaveLength(1);
    expect(stage.call.counters).toMatchObject({ flagged: 1, reset: 0 });
    expect(stage.events.filter(({ type }) => type === 'proposals').at(-1)).toMatchObject({
      adds: [user(2)],
      removes: [2],
    });
  });

  it('from garbage to everybody at the founding', () => {
    const stage = new Stage();
    stage.call.faults.garbleCommit();
    stage.call.faults.garbleWelcome();
    groupOf(3, stage);
    expect(stage.failures.length).toBeGreaterThan(0);
  });

  it('from everybody flagging at once, which leaves nobody to commit: the group is given up', () => {
    const stage = groupOf(3);
    for (const n of [0, 1, 2]) stage.toServer(user(n), { op: VoiceOp.MlsInvalidCommitWelcome, d: { transition_id: 0 } });
    expect(stage.call.counters.reset).toBe(1);
    // Their sessions do not know that: opcode 24 makes them start again, once for both.
    expect(stage.events.at(-1)).toEqual({ type: 'reset', reason: 'nobody-left' });
  });

  it('from clients that flag all that fails, on the slowest of lines: after a pause only the last key package is used', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2, 3, 4]) stage.join(n, { naive: true });
    stage.settle();
    stage.call.faults.garbleCommit(user(4));
    const victim = stage.seats.get(user(4))!;
    for (const n of [0, 1]) {
      stage.leave(n);
      // Two epochs pass before the victim hears of the first one.
      for (const others = () => stage.lines((seat) => seat !== victim); others().length > 0; ) others()[0]!();
    }
    // Its queues are served last: whatever it sends, the others have long moved on.
    stage.settle();
    expect(stage.client(4).failures.length).toBeGreaterThan(3);
    expect(stage.client(4).session!.ready).toBe(false);
    for (let n = 0; n < 40; n += 1) {
      stage.scheduler.run(100);
      stage.settle();
    }
    stage.expectConverged();
    expect(stage.call.counters.reset).toBe(0);
  });

  it('garbage proposals are ignored by members, and the group goes on', () => {
    const stage = groupOf(3);
    stage.call.faults.sendGarbageProposals();
    stage.settle();
    expect(stage.proposalFailures).toHaveLength(3);
    stage.join(3);
    stage.settle();
    stage.expectConverged();
    expect([stage.failures, stage.call.counters.reset]).toEqual([[], 0]);
  });
});

describe('timing', () => {
  it('a newcomer that vanishes while it is being added becomes a ghost, which the next epoch removes', () => {
    const stage = groupOf(3);
    stage.join(3);
    untilSent(stage, 0, VoiceOp.MlsCommitWelcome);
    stage.leave(3);
    stage.settle();
    stage.expectConverged();
    const [added, removed] = stage.events.filter(({ type }) => type === 'commit').slice(-2);
    expect(added).toMatchObject({ members: expect.arrayContaining([user(3)]) });
    expect(removed).toMatchObject({ members: expect.not.arrayContaining([user(3)]) });
    expect(stage.failures).toEqual([]);
  });

  it('one that vanishes and comes back meanwhile gets no Welcome for the key package of before', () => {
    const stage = groupOf(3);
    stage.join(3);
    untilSent(stage, 0, VoiceOp.MlsCommitWelcome);
    stage.leave(3);
    stage.join(3);
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toEqual([]);
    expect(stage.events.filter(({ type }) => type === 'proposals').at(-1)).toMatchObject({ adds: [user(3)], removes: [3] });
  });

  it('a new session in place of the old one, without a leave, is a new member', () => {
    const stage = groupOf(3);
    const before = stage.client(1);
    stage.seats.delete(user(1));
    stage.join(1);
    stage.settle();
    stage.expectConverged();
    expect(stage.client(1)).not.toBe(before);
    expect(stage.failures).toEqual([]);
  });

  it('a newer key package replaces the one proposed', () => {
    const stage = groupOf(2);
    stage.join(2);
    untilSent(stage, 0, VoiceOp.MlsCommitWelcome);
    const { session } = stage.client(2);
    stage.toServer(user(2), { op: VoiceOp.MlsKeyPackage, body: session!.getSerializedKeyPackage() });
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toEqual([]);
    // The first key package left a ghost member, which is removed.
    expect(stage.events.filter(({ type }) => type === 'proposals').at(-1)).toMatchObject({ adds: [user(2)], removes: [2] });
  });

  it('a key package from before a reset is not used after it', () => {
    const stage = new Stage();
    for (const n of [0, 1]) stage.join(n);
    untilSent(stage, 0, VoiceOp.MlsKeyPackage);
    untilSent(stage, 1, VoiceOp.MlsKeyPackage);
    stage.call.faults.resetGroup();
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toEqual([]);
    expect(stage.call.counters['stale-key-package']).toBe(2);
  });

  it('late commits of a former group are not those of the new one', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2]) stage.join(n);
    const late = untilSent(stage, 1, VoiceOp.MlsCommitWelcome);
    stage.call.faults.resetGroup();
    stage.settle();
    stage.expectConverged();
    const { epoch } = stage.call.snapshot;
    stage.toServer(user(1), late);
    expect(stage.call.snapshot.epoch).toBe(epoch);
    stage.settle();
    stage.expectConverged();
  });

  it('a client that answers from within a send is heard when the send is done', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2]) {
      stage.join(n);
      const seat = stage.seats.get(user(n))!;
      const pushed = seat.down.push.bind(seat.down);
      seat.down.push = (...messages) => {
        const length = pushed(...messages);
        while (seat.down.length > 0) seat.client.handle(seat.down.shift()!);
        while (seat.up.length > 0) stage.toServer(user(n), seat.up.shift()!);
        return length;
      };
      seat.down.push();
    }
    stage.expectConverged();
    expect(stage.lines()).toEqual([]);
  });
});

it('message bytes are only lent', () => {
  const stage = new Stage();
  const { receiveBinary } = stage.call;
  stage.call.receiveBinary = (userId, op, body) => {
    const lent = Buffer.from(body);
    receiveBinary.call(stage.call, userId, op, lent);
    lent.fill(0);
  };
  groupOf(4, stage);
  stage.call.faults.holdAnnouncements(true);
  stage.join(4);
  stage.settle();
  stage.call.faults.holdAnnouncements(false);
  stage.settle();
  stage.expectConverged();
  expect(stage.failures).toEqual([]);
});

describe('members that break the rules', () => {
  it('two clients with one signature key: the second is not added, and the others are not kept from committing', () => {
    const stage = groupOf(3);
    stage.join(3, { keyPair: stage.client(0).keyPair });
    stage.settle();
    expect(stage.call.counters['bad-key-package']).toBe(1);
    stage.join(4);
    stage.settle();
    expect(stage.client(3).session!.ready).toBe(false);
    stage.leave(3);
    stage.settle();
    stage.expectConverged();
    expect([stage.failures, stage.call.counters.reset]).toEqual([[], 0]);
  });

  it("a commit in another member's name, or of other proposals, is not announced", () => {
    const stage = groupOf(3);
    stage.join(3);
    const first = untilSent(stage, 0, VoiceOp.MlsCommitWelcome);
    const { epoch } = stage.call.snapshot;
    stage.toServer(user(1), first);
    const cut = { ...first, body: (first as { body: Uint8Array }).body.slice(0, -10) };
    stage.toServer(user(0), cut);
    expect(stage.call.snapshot.epoch).toBe(epoch);
    expect(stage.call.counters['bad-commit']).toBe(2);
    stage.settle();
    stage.expectConverged();
  });

  it('a commit without the Welcome for its newcomer is not announced', () => {
    const stage = groupOf(2);
    stage.join(2);
    const { body } = untilSent(stage, 0, VoiceOp.MlsCommitWelcome) as { op: number; body: Buffer };
    const welcomeAt = body.lastIndexOf(Buffer.from('000240', 'hex'));
    const reasons = (): string[] => stage.events.flatMap((event) => (event.type === 'bad-commit' ? [event.reason] : []));
    for (let at = welcomeAt; at > 0; at -= 1) stage.toServer(user(0), { op: VoiceOp.MlsCommitWelcome, body: body.subarray(0, at) });
    expect(reasons().filter((reason) => reason === 'an addition has no Welcome')).toHaveLength(1);
    stage.settle();
    stage.expectConverged();
  });

  it('a connection that throws keeps nothing from the others', () => {
    const stage = groupOf(2);
    const broken = (): never => { throw new Error('gone'); }; // prettier-ignore
    stage.call.join({ userId: user(9), sendJson: broken, sendBinary: broken }, 1);
    stage.call.faults.resetGroup();
    stage.settle();
    expect(stage.call.counters['send-failed']).toBe(4);
    stage.call.leave(user(9));
    stage.settle();
    stage.expectConverged();
  });
});
