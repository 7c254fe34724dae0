import { describe, expect, it } from 'vitest';
import { PASSTHROUGH_GRACE } from '../../../../src/driver/dave/transitions.js';
import { RETIRED_KEYS_MS } from '../../../../src/driver/dave/group-keeper.js';
import { SILENCE_FRAME } from '../../../../src/protocol/silence.js';
import { testFrame } from '../../../../src/testing/index.js';
import { Bench } from './bench.js';
import { encrypted, FakeProvider, into, SENDER } from './fake-provider.js';

const bench = (): Bench => new Bench(new FakeProvider());
/** In a group of three at version 1, epoch 1, through a Welcome of transition 0. */
function member(): Bench {
  const b = bench().join('40', '50').describe(1).sender(SENDER).welcome(0, into(1, 30, 40, 50));
  expect(b.said()).toEqual(['26 4b01']);
  expect(b.stands).toBe('v1 secure 1');
  return b;
}
const FRAME = testFrame(7);
const hears = (b: Bench, frame: Uint8Array, user = '40'): boolean => b.hear(user, frame) !== undefined;

describe('opcode 4', () => {
  it('version 0: no group, nothing said, frames as they are', () => {
    const b = bench().join('40').describe(0);
    expect(b.said()).toEqual([]);
    expect(b.provider.groups).toEqual([]);
    expect(b.stands).toBe('v0 plain -');
    expect(b.machine.plain).toBe(true);
    expect(b.machine.cipher.encrypt(FRAME)).toBe(FRAME);
  });

  it('version 1: a group for it, and a key package', () => {
    const b = bench().join('40').describe(1);
    expect(b.said()).toEqual(['26 4b01']);
    expect(b.provider.groups[0]!.options).toMatchObject({ version: 1, userId: '30', channelId: '20' });
    expect(b.stands).toBe('v1 forming - hold');
    expect(b.machine.settled).toBe(false);
  });

  it('again: everything anew', () => {
    const b = member().prepare(5, 0).describe(1);
    expect(b.said()).toEqual(['23 5', '26 4b01']);
    expect(b.stands).toBe('v1 forming - hold');
    expect(b.execute(5).stands).toBe('v1 forming - hold');
  });

  it('again, right after an upgrade: plain frames are heard no more', () => {
    const b = bench().join('40').describe(0).prepare(0, 1);
    expect(hears(b, FRAME)).toBe(true);
    expect(hears(b.describe(1), FRAME)).toBe(false);
  });

  it('every group of a call is entered with the same key pair', () => {
    const provider = new FakeProvider();
    let made = 0;
    provider.keyPair = () => ({ privateKey: new Uint8Array(32).fill((made += 1)), publicKey: new Uint8Array(65) });
    new Bench(provider).describe(1).epoch(1).describe(1);
    const [first, ...others] = provider.groups.map(({ options }) => options.keyPair);
    expect(others).toEqual([first, first]);
  });

  it('a version beyond the provider is an error, and the last thing that happens', () => {
    const b = bench().describe(2);
    expect(b.failures).toEqual([expect.objectContaining({ code: 'unsupported', what: 'dave' })]);
    expect(String(b.failures[0])).toMatch(/version 2.*up to 1/);
    expect(b.describe(1).said()).toEqual([]);
    expect(b.machine.sendable).toBe(false);
  });

  it('as a frame is nothing to the machine: the handshake reads it', () => {
    const b = bench().json(4, { mode: 'x', secret_key: new Array(32).fill(0), dave_protocol_version: 1 });
    expect([b.said(), b.ignored, b.machine.settled]).toEqual([[], [], false]);
  });
});

describe('opcode 25', () => {
  it('before opcode 4 is kept for the group', () => {
    const b = bench().join('40').sender(SENDER).describe(1).proposals(0, 2);
    expect(b.said()).toEqual(['26 4b01', '28 c000ee']);
  });

  it('and proposals before opcode 4, too: they are answered after the key package', () => {
    expect(bench().join('40').sender(SENDER).proposals(0, 2).describe(1).said()).toEqual(['26 4b01', '28 c000ee']);
  });

  it('garbage is refused, and mended by the last good one', () => {
    const b = bench().join('40').describe(1).sender(SENDER).sender(Uint8Array.of(9)).proposals(0, 1);
    expect(b.ignored).toEqual(['opcode 25: DeserializeExternalSender']);
    expect(b.said()).toEqual(['26 4b01', '28 c000']);
  });

  it('again, while our commit is under way, does not make us deaf to proposals: neither the same one nor another', () => {
    const b = bench().join('40').describe(1).sender(SENDER).proposals(0, 1);
    for (const sender of [SENDER, Uint8Array.of(0x40, 9)]) b.sender(sender).proposals(0, 1);
    expect(b.ignored).toEqual(['opcode 25: AlreadyInGroup']);
    expect(b.said()).toEqual(['26 4b01', '28 c000', '28 c000', '28 c000']);
  });

  it('in a group is for the next one, and garbage there does not cost that its sender', () => {
    const b = member().sender(Uint8Array.of(9));
    expect(b.stands).toBe('v1 secure 1');
    expect(b.epoch(1).proposals(0, 1).said()).toEqual(['26 4b01', '28 c000']);
  });
});

describe('opcode 27', () => {
  it('commits, with a Welcome if there is one; users are those of 11 and 13 and ourselves', () => {
    const b = bench().join('40', '50', '60').leave('50').describe(1).sender(SENDER);
    b.proposals(0, 2).proposals(1, 1).proposals(0, 3);
    expect(b.said()).toEqual(['26 4b01', '28 c000ee', '28 c001']);
    expect(b.provider.groups[0]!.recognised[0]).toEqual(['30', '40', '60']);
  });

  it('before the group is kept, in order, and not without limit', () => {
    const b = bench().join('40').proposals(0, 2).describe(1).proposals(1, 1);
    expect(b.said()).toEqual(['26 4b01']);
    expect(b.sender(SENDER).said()).toEqual(['28 c000ee', '28 c001']);
    const flood = bench();
    for (let i = 0; i < 100; i += 1) flood.proposals(0, 1);
    expect(flood.ignored.length).toBe(68);
    expect(flood.describe(1).sender(SENDER).said().length).toBe(1 + 32);
  });

  it.each([[[0, 9]], [[0]], [[7, 1]], [[]]])('%j: wrong ones are noted, and never answered with 31', (body) => {
    const b = member().proposals(...body);
    expect(b.said()).toEqual([]);
    expect(b.ignored.length).toBe(1);
    expect(b.stands).toBe('v1 secure 1');
  });
});

describe.each([
  ['29', (b: Bench, id: number, message: Uint8Array) => b.commit(id, message)],
  ['30', (b: Bench, id: number, message: Uint8Array) => b.welcome(id, message)],
])('opcode %s', (_, send) => {
  const waiting = (): Bench => {
    const b = bench().join('40').describe(1).sender(SENDER);
    b.said();
    return b;
  };

  it('id 0 takes place at once, without 23', () => {
    const b = send(waiting(), 0, into(1, 30, 40));
    expect(b.said()).toEqual([]);
    expect(b.stands).toBe('v1 secure 1');
  });

  it('another id is answered with 23, and there are keys', () => {
    const b = send(waiting(), 515, into(1, 30, 40));
    expect(b.said()).toEqual(['23 515']);
    expect(b.machine.cipher.encrypt(FRAME)).toEqual(encrypted(1, FRAME));
    expect(b.execute(515).stands).toBe('v1 secure 1');
  });

  it('one that cannot be applied: 31 with its id, a new group, a new key package', () => {
    const b = send(waiting(), 7, Uint8Array.of(9));
    expect(b.said()).toEqual(['31 7', '26 4b01']);
    expect(b.provider.groups.length).toBe(2);
    // The new group knows the external sender already.
    expect(b.welcome(8, into(3, 30, 40)).said()).toEqual(['23 8']);
    expect(b.stands).toBe('v1 secure 3');
  });

  it('without a group, or without an id, is ignored', () => {
    expect(send(bench(), 7, into(1, 30)).said()).toEqual([]);
    const b = waiting().binary(29, 1).binary(30);
    expect(b.said()).toEqual([]);
    expect(b.ignored.length).toBe(2);
  });
});

it('a commit of another group is passed over', () => {
  const b = member().commit(4, Uint8Array.of(2));
  expect(b.said()).toEqual([]);
  expect(b.stands).toBe('v1 secure 1');
});

describe('opcodes 21 and 22', () => {
  it('id 0 takes place at once, without 23', () => {
    const b = member().prepare(0, 0);
    expect(b.said()).toEqual([]);
    expect(b.stands).toBe('v0 plain -');
  });

  it('a downgrade: plain frames are heard from 21 on, and sent from 22 on', () => {
    const b = member();
    expect(hears(b, FRAME)).toBe(false);
    b.prepare(5, 0);
    expect(b.said()).toEqual(['23 5']);
    expect([hears(b, FRAME), hears(b, encrypted(1, FRAME))]).toEqual([true, true]);
    expect(b.machine.cipher.encrypt(FRAME)).toEqual(encrypted(1, FRAME));
    b.execute(5);
    expect(b.machine.cipher.encrypt(FRAME)).toBe(FRAME);
    // Those who have not reached opcode 22 yet still encrypt.
    expect(hears(b, encrypted(1, FRAME))).toBe(true);
  });

  it('an upgrade: plain until 22, and heard in the clear for 10 s more', () => {
    const b = bench().join('40').describe(0).sender(SENDER);
    b.epoch(1);
    expect(b.said()).toEqual(['26 4b01']);
    b.welcome(3, into(1, 30, 40));
    expect(b.said()).toEqual(['23 3']);
    expect(b.machine.cipher.encrypt(FRAME)).toBe(FRAME);
    expect(hears(b, encrypted(1, FRAME))).toBe(true);
    b.execute(3);
    expect(b.stands).toBe('v1 secure 1');
    expect(b.machine.cipher.encrypt(FRAME)).toEqual(encrypted(1, FRAME));
    expect(hears(b.wait(PASSTHROUGH_GRACE - 1), FRAME)).toBe(true);
    expect(hears(b.wait(1), FRAME)).toBe(false);
  });

  it('back up on the same group: 24 of a later epoch announces only', () => {
    const b = member().prepare(5, 0).execute(5).epoch(2).prepare(6, 1);
    expect(b.said()).toEqual(['23 5', '23 6']);
    expect(b.stands).toBe('v0 plain -');
    expect(b.execute(6).stands).toBe('v1 secure 1');
  });

  it('several wait at once, each for its own 22; unknown and repeated ids do nothing', () => {
    const b = member().prepare(5, 0).prepare(6, 1).execute(9).execute(6);
    expect(b.stands).toBe('v1 secure 1');
    expect(b.execute(5).stands).toBe('v0 plain -');
    expect(b.execute(5).execute(6).stands).toBe('v0 plain -');
    expect(b.ignored.length).toBe(3);
  });

  it.each([[{}], [null], [{ transition_id: 70_000, protocol_version: 1 }], [{ transition_id: 1, protocol_version: -1 }], [{ transition_id: 1, protocol_version: 9 }]])(
    '21 %j is ignored',
    (d) => {
      const b = member().json(21, d).json(22, d).json(24, d);
      expect(b.said()).toEqual([]);
      expect(b.stands).toBe('v1 secure 1');
      expect(b.ignored.length).toBe(3);
    },
  );
});

describe('opcode 24', () => {
  it('epoch 1: a new group and a key package; what plays is held meanwhile; old keys decrypt for 10 s', () => {
    const b = member().epoch(1);
    expect(b.said()).toEqual(['26 4b01']);
    expect(b.stands).toBe('v1 forming - hold');
    expect(b.machine.cipher.encrypt(FRAME)).toEqual(SILENCE_FRAME);
    expect(hears(b, encrypted(1, FRAME))).toBe(true);
    b.welcome(0, into(9, 30, 40));
    expect([hears(b, encrypted(9, FRAME)), hears(b, encrypted(1, FRAME))]).toEqual([true, true]);
    b.wait(RETIRED_KEYS_MS);
    expect([hears(b, encrypted(9, FRAME)), hears(b, encrypted(1, FRAME))]).toEqual([true, false]);
  });

  it('the sole reset: alone again, and nothing to wait for', () => {
    const b = member().leave('40').leave('50').epoch(1).prepare(0, 1);
    expect(b.said()).toEqual(['26 4b01']);
    expect(b.stands).toBe('v1 alone - hold');
    expect(b.machine.settled).toBe(true);
  });

  it('proposals for the group before are forgotten', () => {
    const b = bench().join('40').describe(1).proposals(0, 1).epoch(1).sender(SENDER);
    expect(b.said()).toEqual(['26 4b01', '26 4b01']);
  });
});

describe('alone', () => {
  it('is settled, not sendable, from the external sender on; it ends when somebody comes', () => {
    const b = bench().describe(1);
    expect([b.stands, b.machine.settled]).toEqual(['v1 forming - hold', false]);
    b.sender(SENDER);
    expect([b.stands, b.machine.settled]).toEqual(['v1 alone - hold', true]);
    expect(b.machine.cipher.encrypt(FRAME)).toEqual(SILENCE_FRAME);
    b.join('40');
    expect([b.stands, b.machine.settled]).toEqual(['v1 forming - hold', false]);
    expect(b.commit(0, into(1, 30, 40)).stands).toBe('v1 secure 1');
  });

  it('our own id in opcode 11 is nobody else', () => {
    expect(bench().join('30').describe(1).sender(SENDER).stands).toBe('v1 alone - hold');
  });
});

describe('what is told', () => {
  it('version, epoch, privacy code and members, at every epoch; it survives structuredClone', () => {
    const b = member();
    const state = { version: 1, status: 'secure', epoch: 1, privacyCode: '1'.padStart(30, '0'), members: ['30', '40', '50'] };
    expect(structuredClone(b.machine.state)).toEqual(state);
    b.leave('50').commit(2, into(2, 30, 40));
    expect(b.machine.state).toEqual({ ...state, epoch: 2, privacyCode: '2'.padStart(30, '0'), members: ['30', '40'] });
  });
});
