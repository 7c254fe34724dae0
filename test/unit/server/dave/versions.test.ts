import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { Stage, user } from './stage.js';

const settled = (stage: Stage, version: number): void => {
  stage.settle();
  stage.expectConverged(version);
};

/** Opcodes on their way to a client. */
const opsTo = (stage: Stage, n: number): number[] => stage.seats.get(user(n))!.down.map(({ op }) => op);

describe('a call of one', () => {
  it('gets the external sender, sends its key package, and hears nothing further', () => {
    const stage = new Stage();
    stage.join(0);
    expect(opsTo(stage, 0)).toEqual([VoiceOp.ClientsConnect, VoiceOp.SessionDescription, VoiceOp.MlsExternalSender]);
    stage.settle();
    expect(stage.events).toEqual([{ type: 'key-package', userId: user(0) }]);
    expect(stage.call.snapshot).toEqual({ version: 1, versionInForce: 1, epoch: 0, leaves: [] });
  });

  it('is what remains when all others leave: 24 of epoch 1 and 21 of id 0; and it can be joined again', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2]) stage.join(n);
    settled(stage, 1);
    stage.leave(0);
    stage.settle();
    stage.leave(2);
    expect(stage.seats.get(user(1))!.down).toMatchObject([
      { op: VoiceOp.ClientDisconnect },
      { op: VoiceOp.DavePrepareEpoch, d: { protocol_version: 1, epoch: 1 } },
      { op: VoiceOp.MlsExternalSender },
      { op: VoiceOp.DavePrepareTransition, d: { protocol_version: 1, transition_id: 0 } },
    ]);
    settled(stage, 1);
    stage.join(0);
    settled(stage, 1);
    expect(stage.failures).toEqual([]);
  });
});

describe('a client without DAVE', () => {
  it('is refused with 4017, also by an empty call, and changes nothing', () => {
    const stage = new Stage();
    expect(stage.call.admission(0)).toEqual({ refuse: 4017 });
    expect(stage.join(0, { maxVersion: 0 })).toBe(4017);
    for (const n of [1, 2]) stage.join(n);
    settled(stage, 1);
    expect(stage.call.join({ userId: user(0), sendJson: () => undefined, sendBinary: () => undefined }, 0)).toEqual({ refuse: 4017 });
    settled(stage, 1);
    expect(stage.call.version).toBe(1);
  });

  it.each([NaN, -1, 0.5])('nor is one with version %s taken for one with DAVE', (maxVersion) =>
    expect(new Stage().call.admission(maxVersion)).toEqual({ refuse: 4017 }),
  );

  it('one that speaks more than we do is served what we do', () => {
    const stage = new Stage();
    for (const n of [0, 1]) stage.join(n, { maxVersion: 2 });
    settled(stage, 1);
  });

  const mixed = (): Stage => {
    const stage = new Stage({ downgrade: 'downgrade' });
    for (const n of [0, 1, 2]) stage.join(n);
    settled(stage, 1);
    return stage;
  };

  it('takes the call to version 0 and, by leaving, back', () => {
    const stage = mixed();
    expect(stage.call.admission(0)).toEqual({ version: 0 });
    stage.join(3, { maxVersion: 0 });
    expect(stage.call.version).toBe(0);
    expect(stage.call.snapshot.versionInForce).toBe(1);
    expect(stage.seats.get(user(0))!.down.at(-1)).toEqual({
      op: VoiceOp.DavePrepareTransition,
      d: { protocol_version: 0, transition_id: 3 - 1 },
    });
    settled(stage, 0);
    stage.join(4);
    expect(opsTo(stage, 4)).toEqual([VoiceOp.ClientsConnect, VoiceOp.SessionDescription]);
    stage.leave(2);
    settled(stage, 0);
    stage.leave(3);
    expect(stage.seats.get(user(0))!.down.slice(-2)).toMatchObject([
      { op: VoiceOp.DavePrepareEpoch, d: { protocol_version: 1, epoch: 1 } },
      { op: VoiceOp.MlsExternalSender },
    ]);
    expect(stage.call.snapshot).toMatchObject({ version: 1, versionInForce: 0 });
    settled(stage, 1);
    expect(stage.events.findLast(({ type }) => type === 'executed')).toMatchObject({ version: 1, timedOut: false });
    expect([stage.failures, stage.scheduler.wakeUps]).toEqual([[], 0]);
  });

  it('that leaves before anybody is ready: the versions are executed in order', () => {
    const stage = mixed();
    stage.join(3, { maxVersion: 0 });
    stage.leave(3);
    settled(stage, 1);
    // An addition; a downgrade; an upgrade, which founds a new group; and the addition of the third member.
    expect(stage.events.flatMap((event) => (event.type === 'executed' ? [event.version] : []))).toEqual([1, 0, 1, 1]);
  });

  it('that leaves one client behind: encrypted at once', () => {
    const stage = new Stage({ downgrade: 'downgrade' });
    stage.join(0);
    stage.join(1, { maxVersion: 0 });
    settled(stage, 0);
    stage.leave(1);
    settled(stage, 1);
    stage.join(2);
    settled(stage, 1);
  });

  it('with others that leave while the call is being encrypted again', () => {
    const stage = mixed();
    stage.join(3, { maxVersion: 0 });
    settled(stage, 0);
    stage.leave(3);
    stage.leave(2);
    stage.leave(1);
    settled(stage, 1);
    stage.join(1);
    settled(stage, 1);
  });

  it('first, then others: in the clear all along', () => {
    const stage = new Stage({ downgrade: 'downgrade' });
    expect(stage.join(0, { maxVersion: 0 })).toBe(0);
    expect(stage.join(1)).toBe(0);
    stage.join(2);
    settled(stage, 0);
    stage.toServer(user(1), { op: VoiceOp.MlsKeyPackage, body: Uint8Array.of(1) });
    expect(stage.events.at(-1)).toMatchObject({ type: 'ignored', reason: 'the call is not encrypted' });
    stage.leave(0);
    settled(stage, 1);
  });

  it('replaced by a session of the same user that has DAVE', () => {
    const stage = mixed();
    stage.join(3, { maxVersion: 0 });
    settled(stage, 0);
    stage.seats.delete(user(3));
    expect(stage.call.admission(1)).toEqual({ version: 0 });
    // Its opcode 4 said 0; opcode 24 tells it the rest.
    stage.join(3);
    settled(stage, 1);
  });

  it('does not answer: the call goes on in the clear after 2 s', () => {
    const stage = mixed();
    stage.join(3, { maxVersion: 0 });
    stage.seats.get(user(1))!.client.handle(stage.seats.get(user(1))!.down.shift()!);
    const silent = stage.seats.get(user(1))!;
    const held = silent.down;
    silent.down = [];
    stage.settle();
    expect(stage.call.snapshot.versionInForce).toBe(1);
    stage.scheduler.run(2_000);
    expect(stage.call.snapshot.versionInForce).toBe(0);
    silent.down = [...held, ...silent.down];
    settled(stage, 0);
  });
});
