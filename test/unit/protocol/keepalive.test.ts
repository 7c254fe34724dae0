import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { answerPing, encodePing, KEEPALIVE_BYTES, KEEPALIVE_INTERVAL, parsePong } from '../../../src/protocol/keepalive.js';
import { isRtcp, parseRtpHeader } from '../../../src/protocol/rtp.js';
import { toHex } from '../../vectors/read-vectors.js';

describe('encodePing', () => {
  it.each([
    [0, '1337cafe00000000'],
    [1, '1337cafe00000001'],
    [0xffffffff, '1337cafeffffffff'],
  ])('%d is a big-endian u32 after the magic number', (sequence, datagram) => {
    expect(toHex(encodePing(sequence))).toBe(datagram);
  });

  it('can be taken neither for audio nor for RTCP', () => {
    fc.assert(fc.property(fc.nat(0xffffffff), (n) => parseRtpHeader(encodePing(n)) === undefined && !isRtcp(encodePing(n))));
  });

  it('has the length and the pace that other clients use', () => {
    expect([KEEPALIVE_BYTES, KEEPALIVE_INTERVAL]).toEqual([8, 5_000]);
    expect(encodePing(7)).toHaveLength(KEEPALIVE_BYTES);
  });
});

describe('parsePong', () => {
  it.each([
    ['1337f00d00000007', 7],
    ['1337cafe00000007', 7],
    ['1337f00dffffffff', 0xffffffff],
    ['0700000000000000', undefined],
    ['1337f00d000007', undefined],
    ['1337f00d0000000700', undefined],
    ['', undefined],
  ])('%s', (datagram, sequence) => {
    expect(parsePong(new Uint8Array(Buffer.from(datagram, 'hex')))).toBe(sequence);
  });
});

describe('answerPing', () => {
  it('is what parsePong reads, and the ping stays as it was', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (sequence) => {
        const ping = encodePing(sequence);
        const pong = answerPing(ping)!;
        expect(toHex(pong)).toMatch(/^1337f00d/);
        expect([parsePong(pong), toHex(ping)]).toEqual([sequence, toHex(encodePing(sequence))]);
      }),
    );
  });

  it('is undefined for what is no ping', () => {
    for (const datagram of ['', '1337cafe', '0700000000000000', '1337f00d00000001', '1337cafe0000000100'])
      expect(answerPing(new Uint8Array(Buffer.from(datagram, 'hex')))).toBeUndefined();
  });
});
