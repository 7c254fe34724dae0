import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Seal } from '../../../../src/crypto/seal.js';
import { createSeal } from '../../../../src/crypto/seal.js';
import { Sender } from '../../../../src/media/send/sender.js';
import { Traffic } from '../../../../src/media/traffic.js';
import { parseRtpHeader } from '../../../../src/protocol/rtp.js';

const brief = new Uint8Array(100);

/** Seals by adding two bytes, so that a datagram can be read by eye. */
const plainSeal: Seal = {
  mode: 'aead_aes256_gcm_rtpsize',
  overhead: 2,
  noncesLeft: Infinity,
  close: () => undefined,
  seal: (header, payload) => Uint8Array.of(...header, ...payload, 0xee, 0xee),
  sealBriefly: (header, payload) => {
    const packet = [...header, ...payload, 0xee, 0xee];
    brief.set(packet);
    return brief.subarray(0, packet.length);
  },
  open: () => undefined,
};

function sender(start: readonly number[], seal: Seal = plainSeal) {
  const datagrams: Uint8Array[] = [];
  const asked: number[] = [];
  const traffic = new Traffic();
  const random = (bytes: number): Uint8Array => {
    asked.push(bytes);
    return Uint8Array.from(start).subarray(0, bytes);
  };
  return { sender: new Sender({ ssrc: 0x0a0b0c0d, seal, random, port: { send: (datagram) => datagrams.push(datagram) }, traffic, time: { now: () => 7 } }), datagrams, asked, traffic };
}

const FRAME = Uint8Array.of(0xfc, 1, 2);

describe('Sender', () => {
  it('starts where six random bytes say: two for the sequence, four for the timestamp', () => {
    const { sender: out, asked } = sender([0x12, 0x34, 0xfe, 0xdc, 0xba, 0x98]);
    expect(asked).toEqual([6]);
    expect(out.send(FRAME, 960)).toMatchObject({ sequence: 0x1234, timestamp: 0xfedcba98 });
  });

  it('writes header, sealed payload and nothing else, and tells what it wrote', () => {
    const { sender: out, datagrams } = sender([0, 1, 0, 0, 0, 2]);
    expect(out.send(FRAME, 960)).toEqual({ sequence: 1, timestamp: 2, bytes: 17 });
    expect(out.send(FRAME, 960)).toEqual({ sequence: 2, timestamp: 962, bytes: 17 });
    expect(datagrams.map((datagram) => Buffer.from(datagram).toString('hex'))).toEqual([
      '80780001000000020a0b0c0dfc0102eeee',
      '80780002000003c20a0b0c0dfc0102eeee',
    ]);
  });

  it('tells each packet by the same object, and sends each in memory of its own', () => {
    const { sender: out, datagrams } = sender([0, 1, 0, 0, 0, 2]);
    const told = out.send(FRAME, 960);
    expect(out.send(FRAME, 960)).toBe(told);
    expect(new Set(datagrams.map(({ buffer }) => buffer)).size).toBe(2);
  });

  it('sends through a port that copies what may be overwritten', () => {
    const copied: string[] = [];
    const buffers = new Set<unknown>();
    const port = {
      send: () => expect.unreachable(),
      sendCopy: (datagram: Uint8Array) => {
        copied.push(Buffer.from(datagram).toString('hex'));
        buffers.add(datagram.buffer);
      },
    };
    const out = new Sender({ ssrc: 0x0a0b0c0d, seal: plainSeal, random: () => Uint8Array.of(0, 1, 0, 0, 0, 2), port, traffic: new Traffic(), time: { now: () => 7 } });
    expect(out.send(FRAME, 960)).toEqual({ sequence: 1, timestamp: 2, bytes: 17 });
    out.send(FRAME, 960);
    expect(copied).toEqual(['80780001000000020a0b0c0dfc0102eeee', '80780002000003c20a0b0c0dfc0102eeee']);
    expect(buffers.size).toBe(1);
  });

  it('counts packets, and the octets of their payloads', () => {
    const { sender: out, traffic } = sender([0, 0, 0, 0, 0, 0]);
    expect(traffic.sent).toEqual({ packets: 0, octets: 0 });
    for (const payload of [FRAME, FRAME.subarray(1)]) out.send(payload, 960);
    expect(traffic.sent).toEqual({ packets: 2, octets: 5 });
  });

  it('wraps the sequence at 16 bits and the timestamp at 32', () => {
    const { sender: out } = sender([0xff, 0xff, 0xff, 0xff, 0xff, 0x00]);
    expect(out.send(FRAME, 960)).toMatchObject({ sequence: 0xffff, timestamp: 0xffffff00 });
    expect(out.send(FRAME, 960)).toMatchObject({ sequence: 0, timestamp: 960 - 0x100 });
  });

  it('moves the timestamp, and not the sequence, over a gap; also over one longer than the counter', () => {
    const { sender: out } = sender([0, 0, 0, 0, 0, 0]);
    out.send(FRAME, 960);
    out.skip(48);
    expect(out.send(FRAME, 960)).toMatchObject({ sequence: 1, timestamp: 1_008 });
    out.skip(2 ** 32 + 5);
    expect(out.send(FRAME, 960)).toMatchObject({ sequence: 2, timestamp: 1_973 });
  });

  it('counts every packet and every sample, from anywhere, through both wraps', () => {
    const step = fc.tuple(fc.constantFrom(120, 240, 480, 960, 1_920, 2_880, 5_760), fc.nat(2 ** 33));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.array(step, { maxLength: 50 }), (start, steps) => {
        const { sender: out, datagrams } = sender([...start]);
        const view = new DataView(start.buffer, start.byteOffset);
        let samples = view.getUint32(2);
        steps.forEach(([duration, gap], i) => {
          const expected = { sequence: (view.getUint16(0) + i) % 65_536, timestamp: samples % 2 ** 32 };
          expect(out.send(FRAME, duration)).toMatchObject(expected);
          expect(parseRtpHeader(datagrams.at(-1)!)).toMatchObject({ ...expected, marker: false, ssrc: 0x0a0b0c0d });
          out.skip(gap);
          samples += duration + gap;
        });
      }),
    );
  });

  it('tells who looks on what it sent, and when', () => {
    const { sender: out, traffic } = sender([0, 1, 0, 0, 0, 2]);
    const told: unknown[] = [];
    out.send(FRAME, 960);
    traffic.sentRtp$.subscribe((sent) => told.push(sent));
    out.send(FRAME, 960);
    expect(told).toEqual([{ sequence: 2, timestamp: 962, payloadBytes: 3, bytes: 17, at: 7 }]);
  });

  it('gives the socket a buffer of its own for each datagram: a full socket keeps them', () => {
    const seal = createSeal('aead_aes256_gcm_rtpsize', new Uint8Array(32), { random: (bytes) => new Uint8Array(bytes) });
    const { sender: out, datagrams } = sender([0, 0, 0, 0, 0, 0], seal);
    out.send(FRAME, 960);
    const first = datagrams[0]!.slice();
    out.send(FRAME, 960);
    expect(datagrams[0]).toEqual(Buffer.from(first));
    expect(datagrams[1]).not.toEqual(datagrams[0]);
  });

  it('uses no number for a packet that could not be sealed', () => {
    let broken = true;
    const seal: Seal = {
      ...plainSeal,
      seal: (header, payload) => {
        if (broken) throw new Error('no cipher');
        return plainSeal.seal(header, payload);
      },
    };
    const { sender: out, datagrams } = sender([0, 7, 0, 0, 0, 7], seal);
    expect(() => out.send(FRAME, 960)).toThrow('no cipher');
    broken = false;
    expect(out.send(FRAME, 960)).toMatchObject({ sequence: 7, timestamp: 7 });
    expect(datagrams).toHaveLength(1);
  });
});
