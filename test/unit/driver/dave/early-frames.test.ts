/** Frames that arrive before the keys they need: senders change keys as soon as a commit reaches them, and it may reach us later. */
import { beforeEach, describe, expect, it } from 'vitest';
import { UNDECRYPTABLE_LIMIT } from '../../../../src/driver/dave/undecryptable-run.js';
import { testFrame } from '../../../../src/testing/index.js';
import { packet, ReceiverStage, RTPSIZE, unaccounted } from '../../media/receive/receiver-stage.js';
import { Bench } from './bench.js';
import { encrypted, FakeProvider, into, SENDER } from './fake-provider.js';

let bench: Bench;
let stage: ReceiverStage;
let sequence: number;

/** Both are in the call; 40 is in our group, 60 not yet. */
beforeEach(() => {
  sequence = 0;
  stage = new ReceiverStage();
  stage.owners.set(4, '40').set(6, '60');
  bench = new Bench(new FakeProvider());
  bench.onChanged = () => stage.receiver.delivery.retry();
  bench.join('40', '60').describe(1).sender(SENDER).welcome(0, into(1, 30, 40));
  bench.said();
  stage.cipher = bench.machine.cipher;
});

function send(epoch: number, count = 1, ssrc = 4): void {
  for (let i = 0; i < count; i += 1) {
    sequence += 1;
    stage.take(packet(RTPSIZE, { ssrc, sequence, payload: encrypted(epoch, testFrame(sequence)) }));
  }
}

function wait(ms: number): void {
  bench.wait(ms);
  stage.wait(ms);
}

/** The frames heard so far have these sequence numbers, in this order. */
function heard(...sequences: readonly number[]): void {
  expect(stage.heard.map(({ sequence: number, frame }) => [number, ...frame])).toEqual(sequences.map((number) => [number, ...testFrame(number)]));
  expect(unaccounted(stage.stats.datagrams)).toBe(0);
}

describe('frames of the next epoch', () => {
  it('that come between the proposals and the commit are heard, in order, when the commit comes', () => {
    send(1);
    bench.proposals(0, 2);
    send(2, 2);
    wait(150);
    send(2);
    heard(1);
    bench.commit(7, into(2, 30, 40, 60));
    heard(1, 2, 3, 4);
    send(2);
    bench.execute(7);
    send(2);
    heard(1, 2, 3, 4, 5, 6);
    expect(bench.machine.cipher.counts).toMatchObject({ decrypted: 6, undecryptable: 0 });
  });

  it('of a newcomer who was quicker than the commit are heard, too', () => {
    bench.proposals(0, 2);
    send(2, 3, 6);
    bench.commit(0, into(2, 30, 40, 60));
    heard(1, 2, 3);
  });

  it('of a group that is made anew are heard when we are let in', () => {
    bench.epoch(1);
    send(3, 2);
    heard();
    bench.welcome(0, into(3, 30, 40));
    heard(1, 2);
  });

  it('are given up after a second, when no commit comes', () => {
    bench.proposals(0, 2);
    send(2, 3);
    wait(1_000);
    heard();
    expect(stage.stats.totals.refused).toMatchObject({ expired: 3, undecryptable: 0 });
    expect(bench.machine.cipher.counts).toMatchObject({ undecryptable: 3 });
  });
});

describe('the sign that our keys are not the others’', () => {
  it('is not raised by frames that were held and then heard', () => {
    bench.proposals(0, 2);
    send(2, UNDECRYPTABLE_LIMIT + 5);
    bench.commit(0, into(2, 30, 40));
    expect([bench.said().filter((line) => line.startsWith('31')), stage.heard.length]).toEqual([[], UNDECRYPTABLE_LIMIT + 5]);
  });

  it('judges each frame once, however often it was tried', () => {
    bench.proposals(0, 2);
    send(2, UNDECRYPTABLE_LIMIT - 1);
    // Events of all kinds, each a reason to retry.
    bench.join('70').leave('70').proposals(0, 3).join('71');
    wait(1_000);
    bench.join('72');
    wait(1_000);
    expect(bench.said()).toEqual(['28 c000ee']);
    expect(bench.machine.cipher.counts.undecryptable).toBe(UNDECRYPTABLE_LIMIT - 1);
  });

  it('is raised, a second late, where proposals were taken that lead to nothing', () => {
    bench.proposals(0, 2);
    bench.said();
    send(9, UNDECRYPTABLE_LIMIT);
    wait(999);
    expect(bench.said()).toEqual([]);
    wait(1);
    expect(bench.said()).toEqual(['31 0', '26 4b01']);
  });
});
