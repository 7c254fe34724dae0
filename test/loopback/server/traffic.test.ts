/** Forwarding with the features of real traffic: what a receiver gets, and that every packet is accounted for. */
import { describe, expect, it } from 'vitest';
import { ENCRYPTION_MODES } from '../../../src/protocol/encryption-modes.js';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { parseRtcp, type RtcpPacket } from '../../../src/protocol/rtcp.js';
import { extensionElement } from '../../../src/protocol/rtp-extensions.js';
import { isRtcp, parseRtpHeader, rtpPayload } from '../../../src/protocol/rtp.js';
import { realTraffic, startVoiceServer, type ForwardingOptions, type LoopbackVoiceServer } from '../../../src/server/index.js';
import { isAudio, type RawVoiceClient } from '../../support/raw-voice-client.js';
import { ALICE, BOB, CAROL, join, nextEvent, pass, serve, virtualTime } from './stage.js';

interface Heard {
  readonly first: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly level: number;
  readonly speaking: number;
  readonly padding: number;
  readonly payload: string;
}

/** An audio datagram as its receiver reads it; -1 for an element that it does not carry. */
function read(client: RawVoiceClient, datagram: Buffer): Heard {
  const legacy = !client.description!.mode.endsWith('_rtpsize');
  const cc = datagram[0]! & 0x0f;
  const extended = (datagram[0]! & 0x10) !== 0;
  const { header, body } = client.openAudio(datagram, legacy ? 12 : 12 + cc * 4 + (extended ? 4 : 0));
  const rtp = Buffer.concat([header, body]);
  const { headerBytes, extensionBytes, padding, sequence, timestamp } = parseRtpHeader(rtp)!;
  const profile = extended ? rtp.readUInt16BE(headerBytes - 4) : 0;
  const element = (id: number): number => {
    const at = extensionElement(rtp, headerBytes, headerBytes + extensionBytes, profile, id);
    return at < 0 ? -1 : rtp[at]!;
  };
  const payload = rtpPayload(rtp.subarray(headerBytes), extensionBytes, padding);
  return {
    first: datagram[0]!,
    sequence,
    timestamp,
    level: element(1),
    speaking: element(9),
    padding: padding ? rtp.at(-1)! : 0,
    payload: payload === undefined ? '' : Buffer.from(payload).toString('hex'),
  };
}

async function hear(client: RawVoiceClient, count: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  while (heard.length < count) heard.push(read(client, await client.datagram(isAudio)));
  return heard;
}

/** Sends frames that carry their number, starting with `from`, and waits until the server has handled them. */
async function talk(client: RawVoiceClient, count: number, from = 1): Promise<void> {
  for (let n = from; n < from + count; n++) client.sendDatagram(client.audio({ sequence: n, payload: frame(n) }));
  await settleMedia(client);
}

/** Waits until the server has handled everything sent before over this client's UDP socket. */
async function settleMedia(client: RawVoiceClient): Promise<void> {
  client.sendDatagram(Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0));
  await client.datagram(({ length }) => length === 8);
}

function frame(n: number): Uint8Array {
  return Uint8Array.of(0xf8, n >>> 8, n & 0xff, 1, 2, 3);
}

const hexFrame = (n: number): string => Buffer.from(frame(n)).toString('hex');
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('extensions, sources and padding', () => {
  for (const extensions of ['one-byte', 'two-byte'] as const) {
    it(`are put on in the ${extensions} form, for every mode, around the same bytes`, async () => {
      const server = await serve({
        modes: ENCRYPTION_MODES,
        forwarding: { extensions, padding: 1, csrc: 2, audioLevel: ({ sequence, userId }) => ({ voice: userId === ALICE, level: sequence }) },
      });
      const alice = await join(server, ALICE, { mode: 'xsalsa20_poly1305_lite' });
      const receivers = await Promise.all(ENCRYPTION_MODES.map((mode, i) => join(server, String(4_000 + i), { mode })));
      await talk(alice, 3);
      for (const receiver of receivers) {
        for (const [i, heard] of (await hear(receiver, 3)).entries()) {
          expect(heard).toMatchObject({ first: 0xb2, sequence: i + 1, payload: hexFrame(i + 1), level: 0x80 | (i + 1), speaking: 2 });
          expect(heard.padding).toBeGreaterThanOrEqual(1);
          expect(heard.padding).toBeLessThanOrEqual(64);
        }
      }
    });
  }

  it('are not put on silence', async () => {
    const server = await serve({ forwarding: { extensions: 'one-byte', padding: 1 } });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    alice.sendDatagram(alice.audio({ sequence: 1, payload: Uint8Array.of(0xf8, 0xff, 0xfe) }));
    expect(await hear(bob, 1)).toMatchObject([{ first: 0x80, payload: 'f8fffe', level: -1, padding: 0 }]);
  });

  it('take the place of what the sender had, or leave it', async () => {
    const server = await serve({ forwarding: { padding: 1 } });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    // P, X with the level in one word, CC 1.
    const ssrc = alice.ssrc.toString(16).padStart(8, '0');
    const header = Buffer.from(`b1780005${'00000100'}${ssrc}${'0000002a'}bede0001`, 'hex');
    const body = Buffer.from('10850000' + 'aabbcc' + '000003', 'hex');
    const send = (): void => alice.sendDatagram(alice.audio({ sequence: 5, header, payload: body }));
    send();
    expect(await hear(bob, 1)).toMatchObject([{ first: 0xb1, level: 0x85, payload: 'aabbcc', speaking: -1 }]);
    server.faults.forwarding({ extensions: 'two-byte' });
    send();
    expect(await hear(bob, 1)).toMatchObject([{ first: 0x91, level: 0x80 | 30, payload: 'aabbcc', speaking: 2, padding: 0 }]);
    server.faults.forwarding(null);
    send();
    const raw = await bob.datagram(isAudio);
    expect(Buffer.concat(Object.values(bob.openAudio(raw, 20)))).toEqual(Buffer.concat([header, body]));
  });

  it('leave a sender’s own packets of padding as they are', async () => {
    const server = await serve({ forwarding: { ...realTraffic, padding: 1 } });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    const header = Buffer.from(`a0780007${'00000100'}${alice.ssrc.toString(16).padStart(8, '0')}`, 'hex');
    alice.sendDatagram(alice.audio({ sequence: 7, header, payload: Uint8Array.of(0, 0, 3) }));
    expect(await hear(bob, 1)).toMatchObject([{ first: 0xa0, sequence: 7, payload: '', padding: 3 }]);
  });

  it('are the same for a seed, whoever else is there, in the share asked for', async () => {
    const record = async (seed: number, others: readonly string[]): Promise<number[]> => {
      const server = await startVoiceServer({ forwarding: { padding: 0.1, seed } });
      try {
        for (const other of others) await join(server, other);
        const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
        for (let i = 0; i < 10; i++) await talk(alice, 60, 1 + i * 60);
        return (await hear(bob, 600)).map(({ padding }) => padding);
      } finally {
        await server.close();
      }
    };
    const first = await record(3, []);
    expect(await record(3, [CAROL])).toEqual(first);
    expect(await record(4, [])).not.toEqual(first);
    const share = first.filter((padding) => padding > 0).length / 600;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.16);
  });
});

describe('packets of nothing but padding', () => {
  it('have numbers of their own, and what follows moves on', async () => {
    const server = await serve({ forwarding: { paddingBursts: 0.2, extensions: 'one-byte' } });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    await talk(alice, 100);
    const { paddingOnly } = server.accounting(BOB).get(ALICE)!;
    expect(paddingOnly).toBeGreaterThan(20);
    const heard = await hear(bob, 100 + paddingOnly);
    expect(heard.map(({ sequence }) => sequence)).toEqual(range(100 + paddingOnly));
    expect(heard.filter(({ payload }) => payload !== '').map(({ payload }) => payload)).toEqual(range(100).map(hexFrame));
    for (const { first, padding, level } of heard.filter(({ payload }) => payload === ''))
      expect([first, padding, level]).toEqual([0xb0, 224, 127]);
  });

  it('or repeat the number before', async () => {
    const server = await serve({ forwarding: { paddingBursts: 0.2, numberedBursts: false } });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    await talk(alice, 100);
    const { paddingOnly } = server.accounting(BOB).get(ALICE)!;
    const heard = await hear(bob, 100 + paddingOnly);
    const [audio, empty] = [heard.filter(({ payload }) => payload !== ''), heard.filter(({ payload }) => payload === '')];
    expect(audio.map(({ sequence }) => sequence)).toEqual(range(100));
    expect(empty.length).toBeGreaterThan(20);
    for (const [i, { payload, sequence, timestamp }] of heard.entries())
      if (payload === '') expect([sequence, timestamp]).toEqual([heard[i - 1]!.sequence, heard[i - 1]!.timestamp]);
  });
});

describe('a sender that stops', () => {
  const SILENCE = 'f8fffe';
  async function stage(): Promise<{ server: LoopbackVoiceServer; alice: RawVoiceClient; bob: RawVoiceClient; wait: (ms: number) => void }> {
    const scheduler = virtualTime();
    const server = await serve({ scheduler, forwarding: { silenceAfter: 100, extensions: 'one-byte' } });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    return { server, alice, bob, wait: (ms) => pass(scheduler, ms) };
  }

  it('is followed by five frames of silence, 20 ms apart, and goes on behind them', async () => {
    const { server, alice, bob, wait } = await stage();
    await talk(alice, 2);
    wait(99);
    expect(server.counters.silence).toBe(0);
    wait(1);
    expect(server.counters.silence).toBe(1);
    wait(40);
    expect(server.counters.silence).toBe(3);
    wait(10_000);
    await talk(alice, 1, 3);
    const heard = await hear(bob, 8);
    expect(heard.map(({ payload }) => payload)).toEqual([hexFrame(1), hexFrame(2), ...Array(5).fill(SILENCE), hexFrame(3)]);
    expect(heard.map(({ sequence }) => sequence)).toEqual(range(8));
    expect(heard.slice(0, 7).map(({ timestamp }) => timestamp)).toEqual(range(7).map((n) => n * 960));
    expect(heard.slice(2, 7).every(({ first }) => first === 0x80)).toBe(true);
    expect(server.accounting(BOB).get(ALICE)).toMatchObject({ offered: 3, forwarded: 3, silence: 5 });
  });

  it('is not, when it said so itself, goes on in time, or is gone', async () => {
    const { server, alice, wait } = await stage();
    for (let n = 1; n < 10; n++) {
      await talk(alice, 1, n);
      wait(90);
    }
    expect(server.counters.silence).toBe(0);
    alice.sendDatagram(alice.audio({ sequence: 10, payload: Uint8Array.of(0xf8, 0xff, 0xfe) }));
    await settleMedia(alice);
    wait(1_000);
    expect(server.counters.silence).toBe(0);
    await talk(alice, 1, 11);
    wait(125);
    expect(server.counters.silence).toBe(2);
    const ended = nextEvent(server, 'session-ended');
    server.faults.kick(ALICE);
    wait(0);
    await ended;
    wait(1_000);
    expect(server.counters.silence).toBe(2);
  });
});

describe('reports by RTCP', () => {
  function reports(client: RawVoiceClient): readonly (readonly RtcpPacket[])[] {
    return client.datagrams.filter(isRtcp).map((datagram) => {
      const { header, body } = client.openAudio(datagram, 8);
      return parseRtcp(Buffer.concat([header, body]))!;
    });
  }

  it('tell receivers of senders, and senders of what came from them', async () => {
    const scheduler = virtualTime();
    let now = 0;
    const forwarding = { reportInterval: 5_000, paddingBursts: 1, seed: 2 };
    const server = await serve({ modes: ENCRYPTION_MODES, scheduler, forwarding, now: () => now, wallClock: () => 1_800_000_000_000 + now });
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB, { mode: 'aead_xchacha20_poly1305_rtpsize' })];
    const legacy = await join(server, CAROL, { mode: 'xsalsa20_poly1305' });
    // Two of the ten sequence numbers are never sent.
    for (const sequence of [1, 2, 3, 4, 6, 7, 9, 10]) {
      now = sequence * 20;
      await talk(alice, 1, sequence);
    }
    now = 300;
    pass(scheduler, 5_000);
    await Promise.all([alice, bob, legacy].map(settleMedia));
    const { paddingOnly } = server.accounting(BOB).get(ALICE)!;
    expect(reports(bob)).toEqual([
      [
        {
          type: 'sender-report', ssrc: alice.ssrc, ntpTime: expect.closeTo(1_800_000_000_300, 2) as number,
          // 100 ms after the last packet.
          rtpTimestamp: 10 * 960 + 4_800, packets: 8 + paddingOnly, octets: 8 * 6, reports: [],
        },
        { type: 'source-description', chunks: [{ ssrc: alice.ssrc, items: [{ item: 1, text: '' }] }] },
      ],
    ]); // prettier-ignore
    expect(reports(alice)).toMatchObject([
      [
        { type: 'receiver-report', reports: [{ ssrc: alice.ssrc, lost: 2, fractionLost: 51 / 256, highestSequence: 10, jitter: 0 }] },
        { type: 'source-description' },
      ],
    ]);
    expect(legacy.datagrams.filter(isRtcp)).toEqual([]);
    expect(server.counters.reports).toBe(2);

    // Nothing new from Alice: no sender report. A receiver report is repeated.
    pass(scheduler, 5_000);
    await Promise.all([alice, bob].map(settleMedia));
    expect([reports(bob).length, reports(alice).length]).toEqual([1, 2]);
    server.faults.forwarding(null);
    pass(scheduler, 11_000);
    await alice.discover();
    expect(server.counters.reports).toBe(3);
  });
});

describe('the accounts', () => {
  const NETWORKS: readonly ForwardingOptions[] = [
    { loss: 0 },
    { loss: 0.01, jitter: 15, reorder: 0.02 },
    { ...realTraffic, loss: 0.05, jitter: 25, reorder: 0.05, duplicate: 0.02 },
    { ...realTraffic, numberedBursts: false, loss: 0.2, jitter: 40, reorder: 0.1, duplicate: 0.1, silenceAfter: 0 },
  ];
  it.each(NETWORKS)('of each pair add up to what the receiver got: %j', async (network) => {
    const server = await serve({ forwarding: { ...network, seed: 11 } });
    const users = [ALICE, BOB, CAROL];
    const clients = await Promise.all(users.map((user) => join(server, user)));
    for (let i = 0; i < 5; i++) await Promise.all(clients.map((client) => talk(client, 40, 1 + i * 40)));
    for (const [r, receiver] of clients.entries()) {
      for (const [s, sender] of clients.entries()) {
        if (r === s) continue;
        const flow = server.accounting(users[r]!).get(users[s]!)!;
        const from = (datagram: Buffer): boolean => isAudio(datagram) && datagram.readUInt32BE(8) === sender.ssrc;
        const due = (): number => flow.forwarded + flow.delayed + flow.paddingOnly + flow.silence;
        const heard: Heard[] = [];
        while (heard.length < due()) heard.push(read(receiver, await receiver.datagram(from)));
        expect(flow).toMatchObject({ offered: 200, delayed: 0, withheld: 0 });
        expect(flow.offered + flow.doubled).toBe(flow.forwarded + flow.dropped);
        const frames = heard.filter(({ payload }) => payload !== '' && payload !== 'f8fffe').map(({ payload }) => payload);
        expect(frames.length).toBe(flow.forwarded);
        const distinct = new Set(frames);
        expect([...distinct].filter((text) => !range(200).map(hexFrame).includes(text))).toEqual([]);
        expect(frames.length - distinct.size).toBe(flow.doubled);
        expect(200 - distinct.size).toBe(flow.dropped);
        if ((network.loss ?? 0) > 0.01) expect(flow.dropped).toBeGreaterThan(0);
      }
    }
    const { offered, doubled, forwarded, dropped, withheld, delayed, accepted } = server.counters;
    expect([offered, offered + doubled]).toEqual([accepted * 2, forwarded + dropped + withheld + delayed]);
  });

  it('count what a receiver has no key for, what is silenced, and what a rule loses on its way in', async () => {
    const server = await serve();
    const alice = await join(server, ALICE);
    await join(server, BOB);
    server.faults.withhold('description', true);
    void join(server, CAROL).catch(() => undefined);
    // Bob came, then Carol.
    await alice.next(VoiceOp.ClientsConnect);
    await alice.next(VoiceOp.ClientsConnect);
    server.faults.datagrams(({ direction, sequence }) => (direction === 'outbound' ? 'pass' : sequence === 1 ? [] : [0, 0, 0]));
    await talk(alice, 2);
    server.faults.silent(BOB, true, 'media');
    server.faults.datagrams(null);
    await talk(alice, 1, 3);
    expect(server.accounting(BOB).get(ALICE)).toMatchObject({ offered: 4, forwarded: 3, dropped: 1, withheld: 0 });
    expect(server.accounting(CAROL).get(ALICE)).toMatchObject({ offered: 4, forwarded: 0, dropped: 0, withheld: 4 });
    expect(server.counters).toMatchObject({ accepted: 4, inboundDropped: 1, inboundDoubled: 2, offered: 8 });
    expect(server.accounting(ALICE).size).toBe(0);
  });
});

describe('options out of range', () => {
  it.each([{ padding: 2 }, { paddingBursts: -1 }, { csrc: 16 }, { csrc: 1.5 }, { silenceAfter: -1 }, { reportInterval: NaN }, { loss: 7 }])(
    '%j are refused, at the start and later, and nothing stays open',
    async (forwarding) => {
      await expect(startVoiceServer({ forwarding })).rejects.toThrow(RangeError);
      const { faults } = await serve();
      expect(() => faults.forwarding(forwarding)).toThrow(RangeError);
    },
  );
});
