import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { Stage, user } from './stage.js';

const MESSAGES = 10_000;
/** After so many messages the call must be consistent again. */
const ROUND = 200;

const mutation = fc.record({
  how: fc.constantFrom('random', 'flip', 'cut', 'append', 'splice', 'length', 'as-it-was'),
  op: fc.constantFrom(26, 26, 28, 28, 28, 25, 27, 29, 30, 0, 255),
  sender: fc.nat(5),
  at: fc.nat(1_000_000),
  byte: fc.nat(255),
  noise: fc.uint8Array({ maxLength: 60 }),
  source: fc.nat(1_000_000),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate({ how, at, byte, noise }: Mutation, valid: Uint8Array, other: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(valid);
  const index = at % Math.max(1, copy.length);
  switch (how) {
    case 'random':
      return noise;
    case 'flip':
      copy[index] = copy[index]! ^ (byte || 1);
      return copy;
    case 'cut':
      return copy.subarray(0, index);
    case 'append':
      return Buffer.concat([copy, noise]);
    case 'splice':
      return Buffer.concat([copy.subarray(0, index), other.subarray(at % Math.max(1, other.length))]);
    case 'length':
      copy.set([0xbf, 0xff, 0xff, 0xff].slice(0, copy.length - index), index);
      return copy;
    default:
      return copy;
  }
}

it(`${MESSAGES} random and mutated messages, in the midst of joins and leaves: nothing throws, and the call recovers`, () => {
  const stage = new Stage();
  for (const n of [0, 1, 2]) stage.join(n);
  stage.settle();
  const samples = stage.traffic;
  const rounds = fc.sample(fc.array(mutation, { minLength: ROUND, maxLength: ROUND }), { numRuns: MESSAGES / ROUND, seed: 11 });
  let sent = 0;
  for (const [index, mutations] of rounds.entries()) {
    const mover = 3 + (index % 3);
    if (stage.seats.has(user(mover))) stage.leave(mover);
    else stage.join(mover);
    for (const each of mutations) {
      const { op, sender, source, at } = each;
      // Messages of real clients are mixed into the noise: otherwise there would be no group to attack.
      if (at % 4 === 0) stage.lines()[source % Math.max(1, stage.lines().length)]?.();
      const recent = samples.slice(-200);
      const body = mutate(each, recent[source % recent.length]!, recent[at % recent.length]!);
      stage.call.receiveBinary(user(sender), op, body);
      sent += 1;
    }
    stage.settle();
    // Clients that flagged often may have been told to wait.
    stage.scheduler.run(20_000);
    stage.settle();
    stage.expectConverged();
  }
  expect(sent).toBe(MESSAGES);
  const { counters } = stage.call;
  expect(counters['bad-commit'] + counters['bad-key-package'] + counters['late-commit'] + counters.ignored).toBeGreaterThan(MESSAGES / 2);
  expect(counters['bad-commit']).toBeGreaterThan(500);
  expect(counters['bad-key-package']).toBeGreaterThan(500);
}, 120_000);

it('JSON of any shape is counted, and changes nothing but what a flag does', () => {
  const stage = new Stage();
  for (const n of [0, 1, 2]) stage.join(n);
  stage.settle();
  const { epoch } = stage.call.snapshot;
  fc.assert(
    fc.property(fc.constantFrom(21, 22, 23, 24, 31, 99), fc.nat(5), fc.anything(), (op, sender, d) => {
      stage.call.receiveJson(user(sender), op, d);
    }),
    { numRuns: 2_000, seed: 3 },
  );
  expect(stage.call.counters.ignored).toBe(2_000);
  for (const id of [-1, 0.5, 65_536, '1', null, NaN])
    stage.call.receiveJson(user(0), VoiceOp.MlsInvalidCommitWelcome, { transition_id: id });
  expect(stage.call.counters).toMatchObject({ ignored: 2_006, flagged: 0 });
  expect(stage.call.snapshot.epoch).toBe(epoch);
  stage.settle();
  stage.expectConverged();
});
