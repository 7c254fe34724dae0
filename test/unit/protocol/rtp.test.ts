import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  isRtcp,
  OPUS_PAYLOAD_TYPE,
  parseRtpHeader,
  RTP_HEADER_BYTES,
  rtpPayload,
  writeRtpHeader,
  type RtpHeader,
} from '../../../src/protocol/rtp.js';
import { hex, readVectors, toHex } from '../../vectors/read-vectors.js';

interface RtpVector {
  readonly name: string;
  readonly packet: string;
  readonly header: RtpHeader;
  /** Absent if nothing is left, or if the body is shorter than its header says. */
  readonly payload?: string;
}

describe('the vectors', () => {
  it.each(readVectors<RtpVector>('rtp'))('$name', ({ packet, header, payload }) => {
    const bytes = hex(packet);
    expect(parseRtpHeader(bytes)).toEqual(header);
    const found = rtpPayload(bytes.subarray(header.headerBytes), header.extensionBytes, header.padding);
    expect(found && toHex(found)).toBe(payload);
  });
});

describe('writeRtpHeader', () => {
  it('writes the twelve bytes of the docs', () => {
    const out = new Uint8Array(14).fill(0xee);
    writeRtpHeader(out, 0x0102, 0x03040506, 0x0708090a);
    expect(toHex(out)).toBe('80780102030405060708090aeeee');
  });

  it('is read back as it was written', () => {
    const u32 = fc.nat(0xffffffff);
    fc.assert(
      fc.property(fc.nat(0xffff), u32, u32, (sequence, timestamp, ssrc) => {
        const out = new Uint8Array(RTP_HEADER_BYTES);
        writeRtpHeader(out, sequence, timestamp, ssrc);
        expect(parseRtpHeader(out)).toEqual({
          padding: false,
          marker: false,
          payloadType: OPUS_PAYLOAD_TYPE,
          sequence,
          timestamp,
          ssrc,
          headerBytes: RTP_HEADER_BYTES,
          extensionBytes: 0,
        });
        expect(isRtcp(out)).toBe(false);
      }),
    );
  });
});

describe('parseRtpHeader', () => {
  it('refuses versions other than 2', () => {
    for (const first of [0x00, 0x40, 0xc0, 0x7f]) {
      const packet = hex('8078 0001 00000000 00000001 f8fffe');
      packet[0] = first;
      expect(parseRtpHeader(packet), first.toString(16)).toBeUndefined();
    }
  });

  it('refuses a packet shorter than its first byte promises, at every length', () => {
    for (const first of [0x80, 0x82, 0x8f, 0x90, 0x9f]) {
      const needed = 12 + 4 * (first & 15) + ((first & 0x10) === 0 ? 0 : 4);
      const packet = new Uint8Array(needed);
      packet[0] = first;
      for (let length = 0; length < needed; length++)
        expect(parseRtpHeader(packet.subarray(0, length)), `${first.toString(16)}, ${length} bytes`).toBeUndefined();
      expect(parseRtpHeader(packet)?.headerBytes).toBe(needed);
    }
  });

  it('reads a packet that is a piece of a larger buffer', () => {
    const whole = hex('ffffff 8078 0001 000003c0 0005ec18 ff');
    expect(parseRtpHeader(whole.subarray(3, 15))).toMatchObject({ sequence: 1, timestamp: 960, ssrc: 388_120 });
  });
});

describe('isRtcp', () => {
  it('is true of packet types 192 to 223 and of no other second byte', () => {
    for (let second = 0; second < 256; second++) {
      const packet = Uint8Array.of(0x80, second, 0, 6, 0, 0, 0, 1);
      expect(isRtcp(packet), `${second}`).toBe(second >= 192 && second <= 223);
    }
  });

  it('takes audio, with the marker bit or without, for RTP', () => {
    expect(isRtcp(hex('8078 0001 00000000 00000001'))).toBe(false);
    expect(isRtcp(hex('80f8 0001 00000000 00000001'))).toBe(false);
  });

  it('asks for version 2 and for eight bytes', () => {
    expect(isRtcp(hex('80c8 0001 0000000a'))).toBe(true);
    expect(isRtcp(hex('80c8 0001 000000'))).toBe(false);
    expect(isRtcp(hex('00c8 0001 0000000a'))).toBe(false);
    expect(isRtcp(hex('1337cafe 00000001'))).toBe(false);
    expect(isRtcp(new Uint8Array(0))).toBe(false);
  });
});

describe('rtpPayload', () => {
  it('takes off what was put on', () => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(payload, fc.nat(8), fc.nat(255), (payload, words, padding) => {
        const body = Buffer.concat([Buffer.alloc(4 * words, 0xe1), payload, Buffer.alloc(padding)]);
        if (padding > 0) body[body.length - 1] = padding;
        expect(toHex(rtpPayload(body, 4 * words, padding > 0)!)).toBe(toHex(payload));
      }),
    );
  });

  it('has nothing in an empty body', () => {
    expect(rtpPayload(new Uint8Array(0), 0, false)).toBeUndefined();
    expect(rtpPayload(new Uint8Array(0), 0, true)).toBeUndefined();
  });

  it('does not let the padding reach into the extension', () => {
    expect(rtpPayload(hex('51320010 f803'), 4, true)).toBeUndefined();
    expect(toHex(rtpPayload(hex('51320010 f801'), 4, true)!)).toBe('f8');
  });
});

describe('fuzz', () => {
  it('takes 10 000 random datagrams without a throw, and never reaches past one', () => {
    const firstByte = fc.constantFrom(0x80, 0x90, 0xa0, 0xb0, 0x8f, 0x9f, 0xbf, 0x00, 0xff);
    const datagram = fc.tuple(fc.uint8Array({ maxLength: 120, size: 'max' }), firstByte, fc.boolean());
    let parsed = 0;
    fc.assert(
      fc.property(datagram, ([bytes, first, shaped]) => {
        if (shaped && bytes.length > 0) bytes[0] = first;
        isRtcp(bytes);
        const header = parseRtpHeader(bytes);
        if (header === undefined) return;
        parsed++;
        expect(header.headerBytes).toBeLessThanOrEqual(bytes.length);
        const body = bytes.subarray(header.headerBytes);
        const payload = rtpPayload(body, header.extensionBytes, header.padding);
        if (payload === undefined) return;
        expect(payload.length).toBeGreaterThan(0);
        expect(header.headerBytes + header.extensionBytes + payload.length).toBeLessThanOrEqual(bytes.length);
        expect(payload.byteOffset).toBe(body.byteOffset + header.extensionBytes);
      }),
      { numRuns: 10_000 },
    );
    expect(parsed).toBeGreaterThan(1_000);
  });
});
