import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { Stage, user } from './stage.js';

const resets = (stage: Stage): unknown[] => stage.events.flatMap((event) => (event.type === 'reset' ? [event.reason] : []));

describe('faults and stalls', () => {
  it('an external sender that comes late: proposals before it are of no use, and the group is founded in the end', () => {
    const stage = new Stage();
    stage.call.faults.delayExternalSender(300);
    for (const n of [0, 1]) stage.join(n);
    stage.settle();
    expect(stage.proposalFailures).toHaveLength(2);
    expect(stage.call.snapshot.epoch).toBe(0);
    stage.scheduler.run(300);
    stage.settle();
    // Nobody kept the proposals: the call notices that no commit arrives.
    stage.scheduler.run(4_700);
    expect(resets(stage)).toEqual(['stalled']);
    stage.call.faults.delayExternalSender(0);
    stage.settle();
    stage.expectConverged();
  });

  it('a late external sender is not sent to one that left meanwhile', () => {
    const stage = new Stage();
    stage.call.faults.delayExternalSender(300);
    stage.join(0);
    const { down } = stage.seats.get(user(0))!;
    stage.leave(0);
    stage.scheduler.run(1_000);
    expect(down.map(({ op }) => op)).toEqual([VoiceOp.ClientsConnect, VoiceOp.SessionDescription]);
  });

  it('held announcements: nobody goes on until they are released, and joins and leaves meanwhile come after', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2]) stage.join(n);
    stage.settle();
    const { epoch } = stage.call.snapshot;
    stage.call.faults.holdAnnouncements(true);
    stage.join(3);
    stage.settle();
    stage.join(4);
    stage.leave(0);
    stage.settle();
    stage.scheduler.run(60_000);
    expect(stage.call.snapshot.epoch).toBe(epoch);
    expect(resets(stage)).toEqual([]);
    stage.call.faults.holdAnnouncements(false);
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toEqual([]);
  });

  it('a held founding whose author has left', () => {
    const stage = new Stage();
    stage.call.faults.holdAnnouncements(true);
    for (const n of [0, 1, 2]) stage.join(n);
    stage.settle();
    stage.leave(0);
    stage.call.faults.holdAnnouncements(false);
    stage.settle();
    stage.expectConverged();
  });

  it('members that do not commit: the group is given up, and each time the call waits twice as long', () => {
    const stage = new Stage({ stallTimeout: 1_000 });
    for (const n of [0, 1]) stage.join(n);
    const lose = (): void => {
      for (const { up } of stage.seats.values()) {
        const commit = up.findIndex(({ op }) => op === VoiceOp.MlsCommitWelcome);
        if (commit !== -1) up.splice(commit, 1);
      }
    };
    const settleWithoutCommits = (): void => {
      for (lose(); stage.lines().length > 0; lose()) stage.lines()[0]?.();
    };
    settleWithoutCommits();
    for (const wait of [1_000, 2_000, 4_000]) {
      const before = resets(stage).length;
      stage.scheduler.run(wait - 1);
      expect(resets(stage)).toHaveLength(before);
      stage.scheduler.run(1);
      expect(resets(stage)).toHaveLength(before + 1);
      settleWithoutCommits();
    }
    stage.scheduler.run(8_000);
    stage.settle();
    stage.expectConverged();
    expect(new Set(resets(stage))).toEqual(new Set(['stalled']));
  });

  it('a reset on demand, in the middle of a batch', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2]) stage.join(n);
    stage.settle();
    stage.join(3);
    for (let n = 0; n < 6; n += 1) stage.lines()[0]!();
    stage.call.faults.resetGroup();
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toEqual([]);
  });

  it('a closed call sends nothing and has no timer left', () => {
    const stage = new Stage({ removeGrace: 5_000 });
    stage.call.faults.delayExternalSender(100);
    for (const n of [0, 1, 2]) stage.join(n);
    stage.settle();
    stage.call.disconnected(user(1));
    stage.call.close();
    expect(stage.scheduler.pending.size).toBe(0);
    stage.call.faults.resetGroup();
    stage.call.leave(user(0));
    expect(stage.lines()).toEqual([]);
  });
});

describe('a lost socket', () => {
  const three = (removeGrace?: number): Stage => {
    const stage = new Stage(removeGrace === undefined ? {} : { removeGrace });
    for (const n of [0, 1, 2]) stage.join(n);
    stage.settle();
    return stage;
  };

  it('changes nothing for as long as it takes, by default', () => {
    const stage = three();
    const { epoch } = stage.call.snapshot;
    stage.call.disconnected(user(1));
    stage.scheduler.run(3_600_000);
    expect(stage.call.reconnected(stage.link(user(1)))).toBe(true);
    stage.settle();
    stage.expectConverged();
    expect(stage.call.snapshot.epoch).toBe(epoch);
  });

  it('within the grace too; after it the member is removed, and told to begin anew when it is back', () => {
    const stage = three(1_000);
    stage.call.disconnected(user(1));
    stage.scheduler.run(999);
    expect(stage.call.reconnected(stage.link(user(1)))).toBe(true);
    stage.scheduler.run(5_000);
    stage.settle();
    stage.expectConverged();

    stage.call.disconnected(user(1));
    stage.scheduler.run(1_000);
    stage.settle();
    expect(stage.call.snapshot.leaves.filter((leaf) => leaf !== null)).toEqual([user(0), user(2)]);
    expect(stage.call.reconnected(stage.link(user(1)))).toBe(true);
    stage.settle();
    stage.expectConverged();
    expect(stage.failures).toEqual([]);
  });

  it('of a user that leaves, or that nobody knows, is the end of it', () => {
    const stage = three(1_000);
    const link = stage.link(user(1));
    stage.call.disconnected(user(1));
    stage.scheduler.run(1_000);
    stage.leave(1);
    expect(stage.call.reconnected(link)).toBe(false);
    stage.call.disconnected(user(77));
    expect(stage.call.reconnected({ ...link, userId: user(77) })).toBe(false);
    expect(stage.scheduler.pending.size).toBe(1); // The timer of the proposals that remove it.
    stage.settle();
    stage.expectConverged();
  });
});

describe('options', () => {
  it.each([
    { channelId: '' },
    { channelId: '-1' },
    { channelId: '18446744073709551616' },
    { firstTransitionId: 65_536 },
    { firstTransitionId: -1 },
    { firstTransitionId: 0.5 },
    { transitionTimeout: 0 },
    { stallTimeout: NaN },
    { stallTimeout: Infinity },
    { removeGrace: -1 },
  ])('%o is refused', (options) => expect(() => new Stage(options)).toThrow(RangeError));

  it('so is a client whose id is none', () => {
    const call = new Stage().call;
    expect(() => call.join({ userId: 'me', sendJson: () => undefined, sendBinary: () => undefined }, 1)).toThrow(RangeError);
  });
});
