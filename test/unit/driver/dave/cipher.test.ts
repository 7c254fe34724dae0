import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { hasDaveForm } from '../../../../src/protocol/dave-frame.js';
import { PASSTHROUGH_GRACE, Transitions } from '../../../../src/driver/dave/transitions.js';
import { isSilenceFrame, SILENCE_FRAME } from '../../../../src/protocol/silence.js';
import { testFrame } from '../../../../src/testing/index.js';
import { Bench } from './bench.js';
import { encrypted, FakeGroup, FakeProvider, into, SENDER } from './fake-provider.js';

const FRAME = testFrame(1);
const member = (): Bench => new Bench(new FakeProvider()).join('40', '60').describe(1).sender(SENDER).welcome(0, into(1, 30, 40));

describe('the form of a DAVE frame', () => {
  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
  // The first: key generation 0 of base 000102…0f, nonce 1, Opus fc0102030405, made with node:crypto and checked against libdave's rules.
  it.each([
    ['a frame of 6 bytes', '27df01e0a01255d73dd74a888921010cfafa', true],
    ['an empty frame', '0000000000000000010cfafa', true],
    ['nonce of 4 bytes', '00'.repeat(8) + '808080080ffafa', true],
    ['a clear range inside', 'aabbcc' + '00'.repeat(8) + '0100020efafa', true],
    ['two in order', 'aabbcc' + '00'.repeat(8) + '010001010210fafa', true],
    ['two that overlap', 'aabbcc' + '00'.repeat(8) + '010002010110fafa', false],
    ['a range beyond the end', 'aabbcc' + '00'.repeat(8) + '0100040efafa', false],
    ['half a range', 'aabbcc' + '00'.repeat(8) + '01000dfafa', false],
    ['a nonce without end', '00'.repeat(8) + '800cfafa', false],
    ['no nonce', '00'.repeat(8) + '0bfafa', false],
    ['size beyond the frame', '0000000000000000010dfafa', false],
    ['size too small', '00000000000000000001020afafa', false],
    ['another marker', '0000000000000000010cfafb', false],
    ['ten bytes', '00000000000000000bfafa'.slice(2), false],
    ['silence', 'f8fffe', false],
    ['nothing', '', false],
  ])('%s', (_, frame, expected) => {
    expect(hasDaveForm(hex(frame))).toBe(expected);
  });

  it('any bytes can be asked about', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 0, max: 255 }), (bytes, size) => {
        // The result does not depend on bytes outside the frame.
        const frame = Uint8Array.of(...bytes, size, 0xfa, 0xfa);
        expect(hasDaveForm(frame)).toBe(hasDaveForm(Uint8Array.of(1, 2, 3, ...frame).subarray(3)));
      }),
    );
  });
});

describe('what comes in', () => {
  it('is decrypted, into memory of its own', () => {
    const { cipher } = member().machine;
    expect(cipher.decrypt('40', encrypted(1, FRAME))).toEqual(FRAME);
  });

  it('silence passes in the clear, of anybody, and the provider is not asked', () => {
    const b = member();
    b.provider.groups[0]!.decrypt = () => {
      throw new Error('asked');
    };
    const lent = SILENCE_FRAME.slice();
    const got = b.hear('99', lent);
    expect(got).toEqual(SILENCE_FRAME);
    expect(got).not.toBe(lent);
  });

  it('each refusal has its reason, and its count once the frame is given up', () => {
    const b = member();
    const { cipher } = b.machine;
    const refusals = [
      cipher.decrypt('40', FRAME),
      cipher.decrypt('60', encrypted(1, FRAME)),
      cipher.decrypt('40', encrypted(2, FRAME)),
      cipher.decrypt('99', encrypted(1, FRAME)),
    ];
    expect(refusals).toEqual(['unencrypted', 'noKey', 'undecryptable', 'unknownUser']);
    expect(cipher.counts).toMatchObject({ unencrypted: 0, noKey: 0, undecryptable: 0, unknownUser: 0 });
    for (const refusal of refusals) if (typeof refusal === 'string') cipher.refused(refusal);
    b.provider.groups[0]!.decrypt = () => {
      throw new Error('DecryptionFailed');
    };
    expect(b.hear('40', encrypted(1, FRAME))).toBeUndefined();
    expect(cipher.counts).toEqual({
      encrypted: 0, silenced: 0, decrypted: 0, plain: 0, unencrypted: 1, noKey: 1, undecryptable: 2, unknownUser: 1,
    }); // prettier-ignore
  });

  it.each<[string, (b: Bench) => Bench, boolean]>([
    ['nothing is under way', (b) => b, false],
    ['proposals were taken, and their commit is to come', (b) => b.proposals(0, 2), true],
    ['they could not be taken, and others may have', (b) => b.proposals(0, 9), true],
    ['the commit came', (b) => b.proposals(0, 2).commit(0, into(2, 30, 40)), false],
    ['the commit was of another group', (b) => b.proposals(0, 2).commit(0, Uint8Array.of(2)), true],
    ['a transition is pending', (b) => b.prepare(7, 1), true],
    ['it was executed', (b) => b.prepare(7, 1).execute(7), false],
    ['the group is made anew', (b) => b.epoch(1), true],
    ['the new group is there', (b) => b.epoch(1).welcome(0, into(1, 30, 40)), false],
  ])('a frame that no key fits may yet be decrypted, or not: %s', (_, act, expected) => {
    const { cipher } = act(member()).machine;
    expect(cipher.decrypt('40', encrypted(9, FRAME))).toBe('undecryptable');
    expect(cipher.mayYet('undecryptable')).toBe(expected);
    // A user who is in the call but not in the group is about to join it; waiting does not help for the others.
    expect([cipher.mayYet('noKey'), cipher.mayYet('unencrypted'), cipher.mayYet('unknownUser')]).toEqual([true, false, false]);
  });

  it('what has the form of ciphertext is never handed on as it is, whatever came before', () => {
    fc.assert(
      fc.property(script(), fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('40', '60'))), (acts, frames) => {
        const b = new Bench(new FakeProvider()).join('40');
        for (const act of acts) {
          act(b);
          for (const [epoch, user] of frames) {
            const heard = b.hear(user, encrypted(epoch, FRAME));
            if (heard !== undefined) expect(heard).toEqual(FRAME);
          }
        }
      }),
    );
  });
});

describe('what goes out', () => {
  it('a library that fails has silence sent in its place', () => {
    const b = member();
    b.provider.groups[0]!.encrypt = () => {
      throw new Error('NotReady');
    };
    expect(b.machine.cipher.encrypt(FRAME)).toEqual(SILENCE_FRAME);
    expect(b.machine.cipher.counts).toMatchObject({ encrypted: 0, silenced: 1 });
  });

  it('a group without keys has silence sent in its place: new, made anew, and after a recovery; the library is not asked', () => {
    const founding = (): Bench => new Bench(new FakeProvider()).join('40').describe(1);
    const keyless: readonly ((b: Bench) => Bench)[] = [
      (b) => b,
      (b) => b.sender(SENDER),
      (b) => b.sender(SENDER).proposals(0, 2),
      (b) => b.sender(SENDER).welcome(0, into(1, 30, 40)).epoch(1),
      (b) => b.sender(SENDER).welcome(0, into(1, 30, 40)).commit(7, Uint8Array.of(9)),
    ];
    for (const [i, act] of keyless.entries()) {
      const b = act(founding());
      b.provider.groups.at(-1)!.encrypt = () => {
        throw new Error('asked');
      };
      expect([b.machine.cipher.encrypt(FRAME), b.machine.sendable], String(i)).toEqual([SILENCE_FRAME, false]);
      expect(b.machine.cipher.counts, String(i)).toMatchObject({ encrypted: 0, silenced: 1 });
    }
  });

  it('where encryption is required nothing but silence leaves, or is heard, in the clear: whatever the server says, at any version', () => {
    const left = new Set<string>();
    fc.assert(
      fc.property(script(), (acts) => {
        const b = new Bench(new FakeProvider(), undefined, true).join('40');
        for (const act of acts) {
          act(b);
          const { version, status } = b.machine.state;
          const out = b.machine.cipher.encrypt(FRAME);
          expect(out).not.toBe(FRAME);
          if (!isSilenceFrame(out)) expect(out).toEqual(encrypted(b.machine.state.epoch!, FRAME));
          // A plain call needs no cipher, so its frames would bypass it.
          expect([b.machine.plain, b.machine.sendable, version === 0]).toEqual([false, status === 'secure', status === 'withheld']);
          expect([b.hear('40', FRAME), b.hear('40', SILENCE_FRAME)]).toEqual([undefined, SILENCE_FRAME]);
          left.add(`v${version} ${isSilenceFrame(out) ? 'silence' : 'encrypted'}`);
        }
      }),
      { numRuns: 2_000 },
    );
    expect([...left].sort()).toEqual(['v0 silence', 'v1 encrypted', 'v1 silence']);
  });

  it('silence leaves as it is, and the provider is not asked', () => {
    expect(member().machine.cipher.encrypt(SILENCE_FRAME)).toBe(SILENCE_FRAME);
  });

  it('nothing but silence leaves in the clear while the version is above 0, and encrypted it is readable', () => {
    const left = new Set<string>();
    fc.assert(
      fc.property(script(), (acts) => {
        const b = new Bench(new FakeProvider()).join('40');
        for (const act of acts) {
          act(b);
          const { version } = b.machine.state;
          const out = b.machine.cipher.encrypt(FRAME);
          left.add(`v${version} ${out === FRAME ? 'clear' : isSilenceFrame(out) ? 'silence' : 'encrypted'}`);
          const silence = isSilenceFrame(out);
          if (version === 0 && out !== FRAME) expect(out).toBe(FRAME);
          if (version !== 0 && !silence && Buffer.compare(out, encrypted(b.machine.state.epoch!, FRAME)) !== 0) expect(out).toEqual(encrypted(b.machine.state.epoch!, FRAME));
          // A play is not held without need, and a frame that is let through is not replaced by silence.
          if (silence && b.machine.sendable) expect.fail('silence, though there are keys');
        }
        expect(b.failures).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect([...left].sort()).toEqual(['v0 clear', 'v1 encrypted', 'v1 silence']);
  });
});

describe('the version in force', () => {
  it('is that of a slow twin, over any sequence of 21 and 22', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('prepare' as const), id: fc.integer({ min: 1, max: 6 }), version: fc.integer({ min: 0, max: 1 }) }),
      fc.record({ kind: fc.constant('execute' as const), id: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 8_000 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 }), fc.array(step, { maxLength: 40 }), (first, steps) => {
        const transitions = new Transitions();
        transitions.begin(first);
        let now = 0;
        let version = first;
        let upgraded = -Infinity;
        let pending: { id: number; version: number }[] = [];
        for (const act of steps) {
          if (act.kind === 'wait') now += act.ms;
          else if (act.kind === 'prepare') {
            transitions.prepare(act.id, act.version);
            pending = [...pending.filter(({ id }) => id !== act.id), { id: act.id, version: act.version }];
          } else {
            const known = pending.find(({ id }) => id === act.id);
            if (transitions.execute(act.id, now) !== (known !== undefined)) expect.fail(`${act.id} is known, or not: ${known?.version}`);
            if (known !== undefined && version === 0 && known.version === 1) upgraded = now;
            version = known?.version ?? version;
            pending = pending.filter(({ id }) => id !== act.id);
          }
          const plain = version === 0 || now - upgraded < PASSTHROUGH_GRACE || pending.some((one) => one.version === 0);
          const settled = pending.length === 0;
          if (transitions.version !== version || transitions.settled !== settled || transitions.acceptsPlain(now) !== plain)
            expect([transitions.version, transitions.settled, transitions.acceptsPlain(now)]).toEqual([version, settled, plain]);
        }
      }),
    );
  });

  it('forgets the oldest of very many that are prepared and never executed', () => {
    const transitions = new Transitions();
    for (let id = 1; id <= 1_000; id += 1) transitions.prepare(id, 1);
    expect([transitions.execute(1, 0), transitions.execute(936, 0), transitions.execute(937, 0), transitions.execute(1_000, 0)]).toEqual([
      false, false, true, true,
    ]); // prettier-ignore
  });
});

type Act = (b: Bench) => unknown;

/** Any sequence of messages that a server may send, valid or not. */
function script(): fc.Arbitrary<Act[]> {
  const id = fc.integer({ min: 0, max: 4 });
  const version = fc.integer({ min: 0, max: 1 });
  const message = fc.oneof(
    fc.integer({ min: 0, max: 4 }).map((epoch) => into(epoch, 30, 40)),
    fc.constantFrom(Uint8Array.of(2), Uint8Array.of(9), new Uint8Array()),
  );
  const act: fc.Arbitrary<Act> = fc.oneof(
    version.map((v): Act => (b) => b.describe(v)),
    fc.constantFrom(SENDER, Uint8Array.of(9)).map((bytes): Act => (b) => b.sender(bytes)),
    fc.tuple(id, version).map(([i, v]): Act => (b) => b.prepare(i, v)),
    id.map((i): Act => (b) => b.execute(i)),
    fc.tuple(fc.integer({ min: 1, max: 2 }), version).map(([e, v]): Act => (b) => b.epoch(e, v)),
    fc.integer({ min: 0, max: 4 }).map((kind): Act => (b) => b.proposals(0, kind)),
    fc.tuple(id, message).map(([i, m]): Act => (b) => b.commit(i, m)),
    fc.tuple(id, message).map(([i, m]): Act => (b) => b.welcome(i, m)),
    fc.constantFrom<Act>((b) => b.join('50'), (b) => b.leave('50'), (b) => b.wait(4_000), (b) => void (b.hear('40', encrypted(200, FRAME)))),
  );
  return fc.array(act, { minLength: 1, maxLength: 30 });
}

it('a fake group is what the script takes it for', () => {
  const group = new FakeGroup({ version: 1, userId: '30', channelId: '20', keyPair: { privateKey: FRAME, publicKey: FRAME } });
  group.externalSender(SENDER);
  group.welcome(into(3, 30, 40));
  expect(group.decrypt('40', group.encrypt(FRAME))).toEqual(FRAME);
});
