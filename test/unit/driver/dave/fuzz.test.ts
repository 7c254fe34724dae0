/** Noise from the voice server, and from other members, into a machine with the real library. Seeded: a failure can be repeated. */
import { describe, expect, it } from 'vitest';
import { daveyProvider } from '../../../../src/dave/davey.js';
import { hasDaveForm } from '../../../../src/protocol/dave-frame.js';
import { RECOVERY_LIMIT, RECOVERY_WINDOW } from '../../../../src/driver/dave/recovery-budget.js';
import type { E2eeStatus } from '../../../../src/types.js';
import { isSilenceFrame } from '../../../../src/protocol/silence.js';
import { parseServerFrame } from '../../../../src/protocol/frames.js';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { testFrame } from '../../../../src/testing/index.js';
import { Bench } from './bench.js';
import { ExternalSender, keyPackageOf, makeGroup, propose, Watched, type Client } from './delivery.js';
import { numbers } from './numbers.js';

const [ALICE, BOB] = ['1001', '1002'];
const MESSAGES = 10_000;

/** Real messages of a group that was made beforehand: the seeds for mutation. */
function seeds(): Uint8Array[] {
  const sender = new ExternalSender();
  const [alice, bob] = [new Bench(new Watched(daveyProvider()), ALICE), new Bench(new Watched(daveyProvider()), BOB)];
  makeGroup(sender, alice, ALICE, bob, BOB);
  const { commit, welcome } = alice.provider.proposed!;
  const withId = (bytes: Uint8Array): Uint8Array => Uint8Array.of(0, 7, ...bytes);
  return [sender.body, Uint8Array.of(0, 0x41, 0xf0, ...sender.add(0, keyPackageOf(bob))), withId(commit), withId(welcome!)];
}

function noise(random: (max: number) => number, samples: readonly Uint8Array[]): Uint8Array {
  const bytes = (length: number): number[] => Array.from({ length }, () => random(256));
  if (random(3) === 0) return Uint8Array.from(bytes(random(200)));
  const sample = samples[random(samples.length)]!.slice();
  for (let i = random(4); i > 0; i -= 1) sample[random(sample.length)] = random(256);
  return random(4) === 0 ? sample.subarray(0, random(sample.length)) : sample;
}

const BINARY = [25, 27, 29, 30, 26, 28, 99];
const JSON_OPS = [4, 11, 13, 21, 22, 24, 31, 99];
const VALUES = [0, 1, 2, 7, -1, 65_535, 65_536, 1.5, null, 'x', '1002', [], {}, true, Number.MAX_SAFE_INTEGER, '1'.repeat(40)];

function jsonNoise(random: (max: number) => number): string {
  const value = (): unknown => VALUES[random(VALUES.length)];
  const d = { transition_id: value(), protocol_version: value(), epoch: value(), user_id: value(), user_ids: [value(), value()], dave_protocol_version: value() };
  const text = JSON.stringify({ op: JSON_OPS[random(JSON_OPS.length)], d: random(8) === 0 ? value() : d });
  return random(8) === 0 ? text.slice(0, random(text.length)) : text;
}

/** One message of noise, through the parser of the voice gateway. */
function shake(client: Client, random: (max: number) => number, samples: readonly Uint8Array[]): void {
  const message =
    random(3) === 0 ? jsonNoise(random) : Uint8Array.of(0, 1, BINARY[random(BINARY.length)]!, ...noise(random, samples));
  const frame = parseServerFrame(message);
  if (frame !== undefined) client.frame(frame);
}

describe('noise', () => {
  it.each([1, 2])(`${MESSAGES} messages (seed %i): no throw, typed states, nothing in the clear; then the group is made`, (seed) => {
    const random = numbers(seed);
    const samples = seeds();
    const [alice, bob] = [new Bench(new Watched(daveyProvider()), ALICE), new Bench(new Watched(daveyProvider()), BOB)];
    const statuses = new Set<E2eeStatus>();
    alice.join(BOB).describe(1);
    for (let i = 0; i < MESSAGES; i += 1) {
      alice.wait(random(300));
      shake(alice, random, samples);
      const { state } = alice.machine;
      statuses.add(state.status);
      const frame = testFrame(i);
      const out = alice.machine.cipher.encrypt(frame);
      if (state.version > 0 && !isSilenceFrame(out) && out.length <= frame.length) expect.fail(`message ${i}: sent in the clear`);
      const heard = alice.hear(BOB, Uint8Array.from(noise(random, samples)));
      if (heard !== undefined && hasDaveForm(heard)) expect.fail(`message ${i}: handed on as it came`);
    }
    expect(alice.failures).toEqual([]);
    expect(statuses.has('forming')).toBe(true);
    expect(alice.ignored.length).toBeGreaterThan(MESSAGES / 4);
    // Opcode 31 stays within its budget, whatever the noise: 10 000 messages at 150 ms are 50 windows.
    const invalid = alice.said().filter((line) => line.startsWith('31')).length;
    expect(invalid).toBeGreaterThan(0);
    expect(invalid).toBeLessThanOrEqual(RECOVERY_LIMIT * (Math.ceil(alice.now / RECOVERY_WINDOW) + 1));

    alice.wait(RECOVERY_WINDOW).epoch(1).sender(new ExternalSender().body);
    makeGroup(new ExternalSender(), alice, ALICE, bob, BOB);
    expect([alice.stands, bob.stands]).toEqual(['v1 secure 1', 'v1 secure 1']);
    const sent = alice.machine.cipher.encrypt(testFrame(1));
    expect(Buffer.from(testFrame(1)).equals(bob.hear(ALICE, sent)!)).toBe(true);
  }, 60_000);

  it('frames of a member, mutated: each is dropped or right, none is handed on as it came', () => {
    const random = numbers(3);
    const sender = new ExternalSender();
    const [alice, bob] = [new Bench(new Watched(daveyProvider()), ALICE), new Bench(new Watched(daveyProvider()), BOB)];
    makeGroup(sender, alice, ALICE, bob, BOB);
    // Every second frame arrives damaged only: davey treats a nonce as used once a frame has come with it, even a forged one.
    for (let i = 0; i < 10_000; i += 1) {
      const frame = testFrame(i);
      const sent = alice.machine.cipher.encrypt(frame);
      if (i % 2 === 0) {
        if (!Buffer.from(frame).equals(bob.hear(ALICE, sent)!)) expect.fail(`frame ${i}: heard otherwise`);
        continue;
      }
      // The last two bytes are the marker, without which a frame is not encrypted; one bit of any other byte is flipped.
      const at = random(sent.length - 2);
      sent[at] = sent[at]! ^ (1 << random(8));
      if (bob.hear(ALICE, sent) !== undefined) expect.fail(`frame ${i}: heard, though spoilt`);
    }
    const { counts } = bob.machine.cipher;
    expect(counts).toMatchObject({ decrypted: 5_000, plain: 0, noKey: 0, unknownUser: 0 });
    expect(counts.undecryptable + counts.unencrypted).toBe(5_000);
    expect(counts.undecryptable).toBeGreaterThan(4_000);
    expect(bob.stands).toBe('v1 secure 1');
  });

  it('in an established group costs recoveries within the budget, and the group is made again', () => {
    const random = numbers(4);
    const samples = seeds();
    const sender = new ExternalSender();
    const [alice, bob] = [new Bench(new Watched(daveyProvider()), ALICE), new Bench(new Watched(daveyProvider()), BOB)];
    makeGroup(sender, alice, ALICE, bob, BOB);
    alice.said();
    for (let i = 0; i < 1_000; i += 1)
      alice.binary([VoiceOp.MlsExternalSender, VoiceOp.MlsProposals, VoiceOp.MlsAnnounceCommit, VoiceOp.MlsWelcome][random(4)]!, ...noise(random, samples));
    expect(alice.said().filter((line) => line.startsWith('31')).length).toBe(RECOVERY_LIMIT);
    expect(alice.stands).toBe('v1 failed - hold');
    alice.wait(RECOVERY_WINDOW).sender(sender.body);
    expect(alice.said().map((line) => line.slice(0, 2))).toEqual(['31', '26']);
    propose(bob, sender.remove(1, 0), sender.add(1, keyPackageOf(alice)));
    const { commit, welcome } = bob.provider.proposed!;
    bob.commit(9, commit);
    alice.welcome(9, welcome!);
    expect([alice.stands, bob.stands]).toEqual(['v1 secure 2', 'v1 secure 2']);
  });
});
