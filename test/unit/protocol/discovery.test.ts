import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  DISCOVERY_BYTES,
  encodeDiscoveryReply,
  encodeDiscoveryRequest,
  parseDiscoveryReply,
  parseDiscoveryRequest,
} from '../../../src/protocol/discovery.js';
import { hex, readVectors, toHex } from '../../vectors/read-vectors.js';

interface DiscoveryVector {
  readonly name: string;
  readonly ssrc: number;
  readonly request: string;
  readonly address: string;
  readonly port: number;
  readonly reply: string;
}

const SSRC = 0x0005ec18;
const ADDRESS_AT = 8;

/** A valid reply, overwritten with `bytes`. */
function reply(at: number, ...bytes: readonly number[]): Uint8Array {
  const datagram = encodeDiscoveryReply(SSRC, { address: '203.0.113.7', port: 50_004 });
  datagram.set(bytes, at);
  return datagram;
}

function withAddress(text: string): Uint8Array {
  const datagram = reply(ADDRESS_AT, ...new Array<number>(64).fill(0));
  datagram.set(Buffer.from(text, 'latin1').subarray(0, 64), ADDRESS_AT);
  return datagram;
}

describe('the vectors', () => {
  it.each(readVectors<DiscoveryVector>('discovery'))('$name', ({ ssrc, request, address, port, reply }) => {
    expect(toHex(encodeDiscoveryRequest(ssrc))).toBe(request);
    expect(parseDiscoveryRequest(hex(request))).toBe(ssrc);
    expect(toHex(encodeDiscoveryReply(ssrc, { address, port }))).toBe(reply);
    expect(parseDiscoveryReply(hex(reply), ssrc)).toEqual({ address, port });
  });
});

describe('parseDiscoveryReply', () => {
  it('reads the port big-endian: 0x1234 is 4660, and not the 13330 of a reader with the bytes the other way', () => {
    expect(parseDiscoveryReply(reply(72, 0x12, 0x34), SSRC)?.port).toBe(4660);
  });

  it('reads a datagram that is a piece of a larger buffer', () => {
    const whole = Buffer.concat([Buffer.alloc(3, 0xff), reply(0), Buffer.alloc(5, 0xff)]);
    expect(parseDiscoveryReply(whole.subarray(3, 77), SSRC)).toEqual({ address: '203.0.113.7', port: 50_004 });
  });

  it('reads the address up to its first NUL, whatever stands behind', () => {
    expect(parseDiscoveryReply(withAddress('198.51.100.1\0junk'), SSRC)?.address).toBe('198.51.100.1');
  });

  it.each([
    ['a request', reply(0, 0, 1)],
    ['type 3', reply(0, 0, 3)],
    ['type 0x0202', reply(0, 2, 2)],
    ['a little-endian type', reply(0, 2, 0)],
    ['a length of 71', reply(2, 0, 71)],
    ['a length of 74', reply(2, 0, 74)],
    ['a little-endian length', reply(2, 70, 0)],
    ['another SSRC', reply(4, 0, 5, 0xec, 0x19)],
    ['a little-endian SSRC', reply(4, 0x18, 0xec, 0x05, 0)],
    ['port 0', reply(72, 0, 0)],
    ['no address', withAddress('')],
    ['an address that begins with NUL', withAddress('\x001.2.3.4')],
    ['a host name', withAddress('voice.example')],
    ['an IPv4 address of five parts', withAddress('1.2.3.4.5')],
    ['a part above 255', withAddress('1.2.3.256')],
    ['a blank before it', withAddress(' 1.2.3.4')],
    ['a zone id', withAddress('fe80::1%eth0')],
    ['64 bytes without a NUL', withAddress('1'.repeat(64))],
    ['bytes that are no ASCII', withAddress('\xff\xfe\x80')],
  ])('refuses %s', (_, datagram) => {
    expect(datagram).toHaveLength(DISCOVERY_BYTES);
    expect(parseDiscoveryReply(datagram, SSRC)).toBeUndefined();
  });

  it('refuses every other length', () => {
    const good = reply(0);
    for (let length = 0; length < DISCOVERY_BYTES; length++)
      expect(parseDiscoveryReply(good.subarray(0, length), SSRC), `${length} bytes`).toBeUndefined();
    expect(parseDiscoveryReply(Buffer.concat([good, Buffer.alloc(1)]), SSRC)).toBeUndefined();
    expect(parseDiscoveryReply(good, SSRC)).toBeDefined();
  });

  it('gives back what a reply was made of', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.oneof(fc.ipV4(), fc.ipV6()), port, (ssrc, address, port) => {
        expect(parseDiscoveryReply(encodeDiscoveryReply(ssrc, { address, port }), ssrc)).toEqual({ address, port });
      }),
    );
  });

  it('takes 10 000 random datagrams and mutated replies without a throw', () => {
    const random = fc.uint8Array({ minLength: DISCOVERY_BYTES, maxLength: DISCOVERY_BYTES });
    const mutated = fc.tuple(fc.nat(73), fc.nat(255)).map(([at, byte]) => reply(at, byte));
    fc.assert(
      fc.property(fc.oneof(random, mutated, fc.uint8Array({ maxLength: 100 })), (datagram) => {
        const found = parseDiscoveryReply(datagram, SSRC);
        if (found !== undefined) expect(found.port).toBeGreaterThan(0);
        parseDiscoveryRequest(datagram);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('parseDiscoveryRequest', () => {
  it('refuses replies, other types and other lengths', () => {
    const request = encodeDiscoveryRequest(SSRC);
    expect(parseDiscoveryRequest(reply(0))).toBeUndefined();
    expect(parseDiscoveryRequest(request.subarray(0, 73))).toBeUndefined();
    expect(parseDiscoveryRequest(new Uint8Array(74))).toBeUndefined();
    request[3] = 71;
    expect(parseDiscoveryRequest(request)).toBeUndefined();
  });

  it('gives SSRC 0 as 0', () => expect(parseDiscoveryRequest(encodeDiscoveryRequest(0))).toBe(0));
});
