import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { encodeKeepalive, KEEPALIVE_BYTES, KEEPALIVE_INTERVAL } from '../../../src/protocol/keepalive.js';
import { isRtcp, parseRtpHeader } from '../../../src/protocol/rtp.js';
import { toHex } from '../../vectors/read-vectors.js';

describe('encodeKeepalive', () => {
  it.each([
    [0, '0000000000000000'],
    [1, '0100000000000000'],
    [0x01020304, '0403020100000000'],
    [0xffffffff, 'ffffffff00000000'],
    [0x100000000, '0000000000000000'],
  ])('%d is a little-endian u32 that wraps, and four zeros', (counter, datagram) => {
    expect(toHex(encodeKeepalive(counter))).toBe(datagram);
  });

  it('is too short to be taken for audio', () => {
    fc.assert(fc.property(fc.nat(0xffffffff), (counter) => parseRtpHeader(encodeKeepalive(counter)) === undefined));
  });

  it('has the length and the pace that other clients use', () => {
    expect([KEEPALIVE_BYTES, KEEPALIVE_INTERVAL]).toEqual([8, 5_000]);
    expect(encodeKeepalive(7)).toHaveLength(KEEPALIVE_BYTES);
  });

  it('can look like RTCP, so a receiver asks for its own length and zeros first', () => {
    expect(isRtcp(encodeKeepalive(0xc880))).toBe(true);
  });
});
