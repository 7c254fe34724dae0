import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseRtcp, RTCP_CLEAR_BYTES, type RtcpPacket } from '../../../src/protocol/rtcp.js';
import { createSeal } from '../../../src/crypto/seal.js';
import { hex, readVectors } from '../../vectors/read-vectors.js';

interface Capture {
  readonly key: string;
  readonly packet: string;
  readonly plaintext: string;
}

const SR = '80c80006 00000007 e957a59b 80000000 00000bb8 00000003 00000140';
const REPORT = '0000002a 40fffffe 0001ffff 00000060 a59b8000 00018000';
const one = (text: string): RtcpPacket | undefined => {
  const packets = parseRtcp(hex(text));
  expect(packets === undefined || packets.length === 1).toBe(true);
  return packets?.[0];
};

describe('a report of the Discord client', () => {
  const [{ key, packet, plaintext }] = readVectors<Capture>('rtcp-capture') as [Capture];

  it('is opened with its first 8 bytes in the clear', () => {
    const seal = createSeal('aead_aes256_gcm_rtpsize', hex(key), { random: (n) => new Uint8Array(n) });
    expect(Buffer.from(seal.open(hex(packet), RTCP_CLEAR_BYTES)!).toString('hex')).toBe(plaintext);
  });

  it('is a sender report, and a description that names nothing', () => {
    const compound = Buffer.concat([hex(packet).subarray(0, RTCP_CLEAR_BYTES), hex(plaintext)]);
    const [report, description, ...others] = parseRtcp(compound)!;
    expect(report).toEqual({
      type: 'sender-report',
      ssrc: 388_120,
      ntpTime: expect.closeTo(Date.UTC(2024, 0, 21, 14, 15, 55, 411), 0) as number,
      rtpTimestamp: 0x0a5b61d0,
      packets: 23_438,
      octets: 0x001e661b,
      reports: [],
    });
    expect(description).toEqual({ type: 'source-description', chunks: [{ ssrc: 388_120, items: [{ item: 1, text: '' }] }] });
    expect(others).toEqual([]);
  });
});

describe('a packet', () => {
  it('sender report with what its sender receives', () => {
    expect(one(SR.replace('80c80006', '81c8000c') + REPORT)).toEqual({
      type: 'sender-report',
      ssrc: 7,
      ntpTime: (0xe957a59b - 2_208_988_800) * 1_000 + 500,
      rtpTimestamp: 3_000,
      packets: 3,
      octets: 320,
      reports: [{ ssrc: 42, fractionLost: 0.25, lost: -2, highestSequence: 0x1ffff, jitter: 2, lastSenderReport: 0xa59b8000, delay: 1_500 }],
    });
  });

  it('of a sender without a clock, and of one after 2036', () => {
    expect(one(SR.replace('e957a59b 80000000', '00000000 00000000'))).toMatchObject({ ntpTime: null });
    expect(one(SR.replace('e957a59b 80000000', '00000000 80000000'))).toMatchObject({ ntpTime: Date.UTC(2036, 1, 7, 6, 28, 16, 500) });
  });

  it('receiver report: without blocks, and with one of who has seen no sender report', () => {
    expect(one('80c90001 00000007')).toEqual({ type: 'receiver-report', ssrc: 7, reports: [] });
    expect(one(`81c90007 00000007 ${REPORT.replace('a59b8000 00018000', '00000000 00000000')}`)).toMatchObject({
      reports: [{ ssrc: 42, lastSenderReport: null, delay: null }],
    });
  });

  it('source description: two sources, with text that is not ASCII; each chunk ends at a word', () => {
    expect(one('82ca0007 00000001 0103616263 0203c3a933 0000 00000002 0101 7a 00')).toEqual(undefined);
    expect(one('82ca0006 00000001 0103616263 0202c3a9 000000 00000002 01017a00')).toEqual({
      type: 'source-description',
      chunks: [
        { ssrc: 1, items: [{ item: 1, text: 'abc' }, { item: 2, text: 'é' }] }, // prettier-ignore
        { ssrc: 2, items: [{ item: 1, text: 'z' }] },
      ],
    });
  });

  it('goodbye: with and without a reason', () => {
    expect(one('82cb0002 00000001 00000002')).toEqual({ type: 'bye', ssrcs: [1, 2], reason: null });
    expect(one('81cb0003 00000001 04 67 6f6e65 000000')).toEqual({ type: 'bye', ssrcs: [1], reason: 'gone' });
    expect(one('80cb0000')).toEqual({ type: 'bye', ssrcs: [], reason: null });
  });

  it('of another type is handed on as it is', () => {
    expect(one('8fce0002 00000001 00000002')).toEqual({ type: 'other', packetType: 206, count: 15, payload: hex('0000000100000002') });
  });

  it('with padding: it is no part of the packet', () => {
    expect(one('a0c90002 00000007 00000004')).toEqual({ type: 'receiver-report', ssrc: 7, reports: [] });
    expect(one('a1cb0002 00000001 00000004')).toEqual({ type: 'bye', ssrcs: [1], reason: null });
  });
});

describe('a compound', () => {
  const compound = `${SR} 81ca0002 00000007 01017a00 81cb0001 00000007`;

  it('is read in order', () => {
    expect(parseRtcp(hex(compound))!.map(({ type }) => type)).toEqual(['sender-report', 'source-description', 'bye']);
  });

  it('that is cut off anywhere but between its packets is refused as a whole', () => {
    const whole = hex(compound);
    const good: number[] = [];
    for (let length = 0; length < whole.length; length += 1) if (parseRtcp(whole.subarray(0, length)) !== undefined) good.push(length);
    expect(good).toEqual([28, 40]);
  });

  it.each([
    ['nothing', ''],
    ['another version', '40c90001 00000007'],
    ['a packet behind that is of another version', `${SR} 00000000`],
    ['more reports than there is room for', '81c90001 00000007'],
    ['a sender report that ends early', '80c80001 00000007'],
    ['a goodbye of more sources than there are', '83cb0002 00000001 00000002'],
    ['a reason that is longer than the packet', '81cb0002 00000001 04676f6e'],
    ['a description without an end', '81ca0002 00000001 01026162'],
    ['an item that is longer than the packet', '81ca0002 00000001 01ff6162'],
    ['padding of nothing', 'a0c90002 00000007 00000000'],
    ['padding of no whole word', 'a0c90002 00000007 00000003'],
    ['padding that reaches over the header', 'a0c90002 00000007 00000010'],
    ['padding before the last packet', `a0c90002 00000007 00000004 ${SR}`],
  ])('%s is refused', (_, text) => {
    expect(parseRtcp(hex(text))).toBeUndefined();
  });

  it('of any bytes is read or refused', () => {
    const whole = hex(compound);
    let read = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }), (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        read += parseRtcp(bytes)?.length ?? 0;
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(100);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void parseRtcp(bytes)));
  });
});
