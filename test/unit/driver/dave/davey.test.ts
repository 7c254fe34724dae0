import { createECDH } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDavey } from '../../../../src/dave/davey-binding.js';
import { daveyProvider } from '../../../../src/dave/davey.js';
import { hasDaveForm } from '../../../../src/protocol/dave-frame.js';
import { UNDECRYPTABLE_LIMIT } from '../../../../src/driver/dave/undecryptable-run.js';
import { VoiceOptionsError, VoiceUnsupportedError } from '../../../../src/errors.js';
import { isSilenceFrame, SILENCE_FRAME } from '../../../../src/protocol/silence.js';
import { testFrame } from '../../../../src/testing/index.js';
import { Bench } from './bench.js';
import { ExternalSender, keyPackageOf, makeGroup, propose, Watched, type Client } from './delivery.js';

const [ALICE, BOB, CAROL] = ['1001', '1002', '1003'];
const client = (id: string): Client => new Bench(new Watched(daveyProvider()), id);

/** Whether every client hears every other. */
function hearEachOther(clients: Readonly<Record<string, Client>>): boolean {
  return Object.entries(clients).every(([from, sender], i) => {
    const frame = testFrame(i);
    const sent = sender.machine.cipher.encrypt(frame);
    return (
      hasDaveForm(sent) &&
      Object.entries(clients).every(
        ([to, receiver]) => to === from || Buffer.from(frame).equals(receiver.hear(from, sent) ?? Buffer.of()),
      )
    );
  });
}

describe('the davey provider', () => {
  it.each([
    [() => { throw new Error('Cannot find native binding.\nand fifty lines more'); }, /'load' of daveyProvider\(\) failed \(Cannot find native binding\.\).*dave: false/],
    [() => ({}) as never, /does not export/],
    [() => undefined as never, /does not export/],
  ])('that cannot be loaded says how to cure it, once it is needed', (load, text) => { // prettier-ignore
    const provider = daveyProvider({ load });
    expect(() => provider.maxProtocolVersion).toThrow(VoiceUnsupportedError);
    expect(() => provider.maxProtocolVersion).toThrow(text);
    expect(() => loadDavey(load)).not.toThrow('fifty');
  });

  it('speaks version 1', () => {
    expect(daveyProvider().maxProtocolVersion).toBe(1);
  });

  it('makes a key pair for each call, or keeps the one it is given', () => {
    const fresh = daveyProvider();
    expect(fresh.keyPair()).not.toEqual(fresh.keyPair());
    const keyPair = fresh.keyPair();
    const lasting = daveyProvider({ keyPair });
    expect([lasting.keyPair(), lasting.keyPair()]).toEqual([keyPair, keyPair]);
  });

  it('refuses, before native code sees it, what is no key pair, and does not quote it', () => {
    const { privateKey, publicKey } = daveyProvider().keyPair();
    const compressed = createECDH('prime256v1');
    compressed.setPrivateKey(privateKey);
    const other = daveyProvider().keyPair();
    const wrong: [string, { privateKey: Uint8Array; publicKey: Uint8Array }][] = [
      ['31 bytes', { privateKey: privateKey.subarray(1), publicKey }],
      ['none', { privateKey: new Uint8Array(), publicKey }],
      ['zero', { privateKey: new Uint8Array(32), publicKey }],
      ['beyond the order of the curve', { privateKey: new Uint8Array(32).fill(255), publicKey }],
      ['compressed', { privateKey, publicKey: compressed.getPublicKey(null, 'compressed') }],
      ['a first byte that is not 04', { privateKey, publicKey: Uint8Array.of(5, ...publicKey.subarray(1)) }],
      ['of somebody else', { privateKey, publicKey: other.publicKey }],
      ['not bytes', { privateKey: 'x'.repeat(32) as never, publicKey }],
    ];
    for (const [, keyPair] of wrong) {
      expect(() => daveyProvider({ keyPair })).toThrow(VoiceOptionsError);
      expect(() => daveyProvider({ keyPair })).not.toThrow(Buffer.from(privateKey).toString('hex'));
      const open = (): unknown => daveyProvider().open({ version: 1, userId: '1', channelId: '2', keyPair });
      expect(open).toThrow(VoiceOptionsError);
    }
  });

  it.each<[string, object]>([
    ['keyPair', { keyPair: null }],
    ['load', { load: '@snazzah/davey' }],
    ['keypair', { keypair: {} }],
    ['options', [] as object],
  ])('refuses a wrong %s', (option, options) => {
    expect(() => daveyProvider(options)).toThrow(VoiceOptionsError);
    expect(() => daveyProvider(options)).toThrow(new RegExp(`^${option}: `));
  });
});

describe('clients with davey, in one group', () => {
  it.each([0, 7])('two make it (transition %i), and hear each other; their privacy codes are equal', (transition) => {
    const alice = client(ALICE);
    const bob = client(BOB);
    makeGroup(new ExternalSender(), alice, ALICE, bob, BOB, transition);
    expect([alice.stands, bob.stands]).toEqual(['v1 secure 1', 'v1 secure 1']);
    expect(hearEachOther({ [ALICE]: alice, [BOB]: bob })).toBe(true);
    expect(alice.machine.state.privacyCode).toMatch(/^\d{30}$/);
    expect(alice.machine.state).toEqual(bob.machine.state);
    expect([...alice.machine.state.members].sort()).toEqual([ALICE, BOB]);
    expect(alice.said().filter((line) => line.startsWith('23'))).toEqual(transition === 0 ? [] : ['23 7']);
  });

  it('a third comes, the second goes: a new epoch and a new code each time, and the old keys last on', () => {
    const sender = new ExternalSender();
    const [alice, bob, carol] = [client(ALICE), client(BOB), client(CAROL)];
    makeGroup(sender, alice, ALICE, bob, BOB);
    const early = bob.machine.cipher.encrypt(testFrame(9));
    const first = alice.machine.state.privacyCode;

    carol.join(ALICE, BOB).describe(1).sender(sender.body);
    const add = sender.add(1, keyPackageOf(carol));
    for (const member of [alice, bob]) {
      member.join(CAROL);
      propose(member, add);
    }
    const added = bob.provider.proposed!;
    for (const member of [alice, bob]) member.commit(3, added.commit);
    carol.welcome(3, added.welcome!);
    for (const member of [alice, bob, carol]) member.execute(3);
    expect(hearEachOther({ [ALICE]: alice, [BOB]: bob, [CAROL]: carol })).toBe(true);
    const second = alice.machine.state.privacyCode;
    expect([bob.machine.state.privacyCode, carol.machine.state.privacyCode]).toEqual([second, second]);
    expect(second).not.toBe(first);
    expect(alice.hear(BOB, early)).toEqual(Buffer.from(testFrame(9)));

    const remove = sender.remove(2, 1);
    for (const member of [alice, carol]) {
      member.leave(BOB);
      propose(member, remove);
    }
    for (const member of [alice, carol]) member.commit(4, carol.provider.proposed!.commit);
    for (const member of [alice, carol]) member.execute(4);
    expect(hearEachOther({ [ALICE]: alice, [CAROL]: carol })).toBe(true);
    expect(alice.machine.state.epoch).toBe(3);
    expect(alice.machine.state.members).not.toContain(BOB);
    expect(alice.hear(BOB, bob.machine.cipher.encrypt(testFrame(1)))).toBeUndefined();
  });

  it('a proposal of somebody whom opcode 11 has not named is not committed', () => {
    const sender = new ExternalSender();
    const [alice, bob, carol] = [client(ALICE), client(BOB), client(CAROL)];
    makeGroup(sender, alice, ALICE, bob, BOB);
    carol.describe(1).sender(sender.body);
    alice.said();
    propose(alice, sender.add(1, keyPackageOf(carol)));
    expect(alice.said()).toEqual([]);
    expect(alice.ignored.at(-1)).toMatch(/opcode 27: .*UnexpectedUser/);
    expect(alice.stands).toBe('v1 secure 1');
  });

  it('a commit of a group that we are not in is passed over, before and after we are in one', () => {
    const [alice, bob, carol, dave] = [client(ALICE), client(BOB), client(CAROL), client('1004')];
    makeGroup(new ExternalSender(), carol, CAROL, dave, '1004');
    const { commit } = carol.provider.proposed!;
    const sender = new ExternalSender();
    alice.join(BOB).describe(1).sender(sender.body);
    alice.said();
    alice.commit(5, commit);
    expect(alice.said()).toEqual([]);
    expect(alice.ignored).toEqual(['opcode 29: it is of another group']);
    makeGroup(sender, alice, ALICE, bob, BOB);
    expect(alice.stands).toBe('v1 secure 1');
  });

  it('another group is joined after a bad commit, with the same identity; what the old keys encrypted is still heard', () => {
    const sender = new ExternalSender();
    const [alice, bob] = [client(ALICE), client(BOB)];
    makeGroup(sender, alice, ALICE, bob, BOB);
    const inFlight = alice.machine.cipher.encrypt(testFrame(3));
    bob.said();
    bob.commit(5, Uint8Array.of(1, 2, 3));
    expect(bob.said().map((line) => line.slice(0, 4))).toEqual(['31 5', '26 0']);
    expect(bob.machine.cipher.encrypt(testFrame(0))).toEqual(SILENCE_FRAME);
    expect(bob.hear(ALICE, inFlight)).toEqual(Buffer.from(testFrame(3)));
    propose(alice, sender.remove(1, 1), sender.add(1, keyPackageOf(bob)));
    const { commit, welcome } = alice.provider.proposed!;
    alice.commit(6, commit);
    bob.welcome(6, welcome!);
    expect(hearEachOther({ [ALICE]: alice, [BOB]: bob })).toBe(true);
    expect(alice.machine.state).toEqual(bob.machine.state);
  });

  it('a member can be verified: 45 digits, equal on both sides; nobody else can', async () => {
    const [alice, bob] = [client(ALICE), client(BOB)];
    makeGroup(new ExternalSender(), alice, ALICE, bob, BOB);
    const code = await alice.machine.verificationCode(BOB);
    expect(code).toMatch(/^\d{45}$/);
    expect(await bob.machine.verificationCode(ALICE)).toBe(code);
    await expect(alice.machine.verificationCode(CAROL)).rejects.toThrow();
    expect(client(CAROL).machine.verificationCode(ALICE)).toBeUndefined();
  });

  it('every frame it encrypts has the form of one, and comes back as it was', () => {
    const [alice, bob] = [client(ALICE), client(BOB)];
    makeGroup(new ExternalSender(), alice, ALICE, bob, BOB);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (frame) => {
        const sent = alice.machine.cipher.encrypt(frame);
        expect(hasDaveForm(sent)).toBe(!isSilenceFrame(frame));
        expect(Buffer.from(frame).equals(bob.hear(ALICE, sent)!)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it(`${UNDECRYPTABLE_LIMIT} frames of a member from another group lead to a new key package`, () => {
    const [alice, bob, stranger, impostor] = [client(ALICE), client(BOB), client(BOB), client(ALICE)];
    makeGroup(new ExternalSender(), alice, ALICE, bob, BOB, 7);
    makeGroup(new ExternalSender(), impostor, ALICE, stranger, BOB);
    bob.said();
    for (let i = 0; i < UNDECRYPTABLE_LIMIT; i += 1) bob.hear(ALICE, impostor.machine.cipher.encrypt(testFrame(i)));
    expect(bob.said().map((line) => line.slice(0, 4))).toEqual(['31 7', '26 0']);
  });
});
