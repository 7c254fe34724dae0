import { describe, expect, it } from 'vitest';
import { VoiceOp } from '../../../../../src/protocol/opcodes.js';
import { Transitions } from '../../../../../src/server/dave/group/transitions.js';
import { HandScheduler } from '../../../media/send/hand-scheduler.js';
import { Stage, user } from '../stage.js';

function transitions(firstId = 1) {
  const scheduler = new HandScheduler();
  const log: string[] = [];
  const subject = new Transitions({
    scheduler,
    timeout: 2_000,
    firstId,
    execute: ({ id, version }, timedOut) => log.push(`${id} v${version}${timedOut ? ' late' : ''} at ${scheduler.elapsed}`),
  });
  return { scheduler, log, subject };
}

describe('Transitions', () => {
  it('executes when the last is ready', () => {
    const { subject, log, scheduler } = transitions();
    subject.begin(1, 0, ['a', 'b']);
    expect(subject.ready('a', 1)).toBe(true);
    expect([subject.inForce, log]).toEqual([1, []]);
    expect(subject.ready('b', 1)).toBe(true);
    expect([subject.inForce, log]).toEqual([0, ['1 v0 at 0']]);
    scheduler.run(10_000);
    expect([log.length, scheduler.pending.size]).toEqual([1, 0]);
  });

  it('executes after 2 s when one is not, and not before', () => {
    const { subject, log, scheduler } = transitions();
    subject.begin(5, 1, ['a', 'b']);
    subject.ready('a', 5);
    scheduler.run(1_999);
    expect(log).toEqual([]);
    scheduler.run(1);
    expect(log).toEqual(['5 v1 late at 2000']);
    expect(subject.ready('b', 5)).toBe(false);
  });

  it('does not wait for one that left', () => {
    const { subject, log } = transitions();
    subject.begin(1, 1, ['a', 'b']);
    subject.ready('a', 1);
    subject.drop('b');
    expect(log).toEqual(['1 v1 at 0']);
  });

  it('executes in the order of announcement', () => {
    const { subject, log, scheduler } = transitions();
    subject.begin(1, 0, ['a']);
    scheduler.run(500);
    subject.begin(2, 1, ['a']);
    subject.begin(3, 1, ['a', 'b']);
    subject.ready('a', 2);
    expect(log).toEqual(['1 v0 at 500', '2 v1 at 500']);
    expect(subject.inForce).toBe(1);
    scheduler.run(2_000);
    expect(log.at(-1)).toBe('3 v1 late at 2500');
  });

  it('knows ready of nobody it did not ask, nor twice, nor of an id it does not know', () => {
    const { subject } = transitions();
    subject.begin(1, 1, ['a', 'b']);
    expect([subject.ready('c', 1), subject.ready('a', 9), subject.ready('a', 1), subject.ready('a', 1)]).toEqual([
      false, false, true, false,
    ]); // prettier-ignore
  });

  it('id 0 is in force at once', () => {
    const { subject, log } = transitions();
    subject.begin(0, 0, []);
    expect([subject.inForce, log]).toEqual([0, []]);
  });

  it('ids wrap from 65535 to 1', () => {
    const { subject } = transitions(65_535);
    expect([subject.nextId(), subject.nextId()]).toEqual([65_535, 1]);
  });

  it('flush executes all, clear none', () => {
    const { subject, log, scheduler } = transitions();
    subject.begin(1, 0, ['a']);
    subject.begin(2, 1, ['a']);
    subject.flush();
    expect(log).toEqual(['1 v0 at 0', '2 v1 at 0']);
    subject.begin(3, 0, ['a']);
    subject.clear();
    scheduler.run(5_000);
    expect([log.length, subject.inForce]).toEqual([2, 1]);
  });
});

describe('the transitions of a call', () => {
  const executed = (stage: Stage): unknown[] => stage.events.filter(({ type }) => type === 'executed');

  it('a founding is transition 0, without ready and execute; a change is executed when all are ready', () => {
    const stage = new Stage();
    for (const n of [0, 1]) stage.join(n);
    stage.settle();
    expect([stage.call.counters.ready, executed(stage)]).toEqual([0, []]);
    stage.join(2);
    stage.settle();
    expect(stage.call.counters.ready).toBe(3);
    expect(executed(stage)).toEqual([{ type: 'executed', transitionId: 1, version: 1, timedOut: false }]);
    expect([...stage.seats.values()].map(({ client }) => client.pending.size)).toEqual([0, 0, 0]);
  });

  it('a founding has an id of its own when told so', () => {
    const stage = new Stage({ firstTransitionId: 65_535 });
    for (const n of [0, 1]) stage.join(n);
    stage.settle();
    stage.join(2);
    stage.settle();
    expect(executed(stage)).toMatchObject([{ transitionId: 65_535 }, { transitionId: 1 }]);
  });

  it('is executed late when one does not answer', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2]) stage.join(n);
    stage.settle();
    const { up } = stage.seats.get(user(1))!;
    stage.leave(2);
    while (up.every(({ op }) => op !== VoiceOp.DaveTransitionReady)) stage.lines()[0]!();
    up.length = 0;
    stage.settle();
    expect(executed(stage)).toHaveLength(1);
    stage.scheduler.run(2_000);
    expect(executed(stage).at(-1)).toMatchObject({ timedOut: true });
    stage.settle();
    stage.expectConverged();
  });

  it('a lost execute leaves the clients with a pending transition, and the next goes well', () => {
    const stage = new Stage();
    for (const n of [0, 1]) stage.join(n);
    stage.settle();
    stage.call.faults.loseExecutes(1);
    stage.join(2);
    stage.settle();
    expect([...stage.client(0).pending.keys()]).toEqual([1]);
    stage.join(3);
    stage.settle();
    expect([...stage.client(0).pending.keys()]).toEqual([1]);
    stage.expectConverged();
  });
});
