import { isIP as nodeIsIP, isIPv4 as nodeIsIPv4, isIPv6 as nodeIsIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isIP, isIPv4, isIPv6 } from '../../../src/protocol/ip-address.js';

const ODD_TEXTS: readonly string[] = [
  '', ' ', '.', '...', ':', '::', ':::', '::::', '0', '0.0.0.0', '255.255.255.255', '256.0.0.1', '1.2.3', '1.2.3.4.5', '1.2.3.4.',
  '.1.2.3.4', '1..3.4', '01.2.3.4', '1.2.3.04', '00.0.0.0', '1.2.3.4 ', ' 1.2.3.4', '1.2.3.4\n', '\n1.2.3.4', '1.2.3.4\0', '+1.2.3.4',
  '-1.2.3.4', '1e1.2.3.4', '0x1.2.3.4', '1.2.3.a', '١.٢.٣.٤', '1,2,3,4', '127.1', '2130706433', '1.2.3.4:80', '1.2.3.4/8',
  '::1', '1::', '1::1', ':1', '1:', ':1::', '::1:', '1:::1', '::1::', '1::2::3', '0:0:0:0:0:0:0:0', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8:', ':1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1::3:4:5:6:7:8',
  '::1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8::', '1:2:3:4::5:6:7:8', '12345::', '::12345', '::g', '::-1', '::+1', '::0x1', ':: 1', ' ::1',
  '::1 ', '::1\n', '[::1]', '::1/64', 'FE80::1', 'fe80::1', 'FfFf::AbCd', '0000::0000', '::00000', '2001:db8::8a2e:370:7334',
  '::1.2.3.4', '::ffff:1.2.3.4', '::FFFF:255.255.255.255', '::ffff:256.1.1.1', '::1.2.3', '::1.2.3.4.5', '::01.2.3.4', '1.2.3.4::',
  '::1.2.3.4:1', '::1.2.3.4:', '1::1.2.3.4', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:7:1.2.3.4', '1:2:3:4:5:1.2.3.4', '1:2:3:4:5::1.2.3.4',
  '1:2:3:4:5:6::1.2.3.4', '::2:3:4:5:6:1.2.3.4', '::1:2:3:4:5:6:1.2.3.4', '1.2.3.4:1:2:3:4:5:6', '::1.2.3.4::', ':1.2.3.4',
  '1:1.2.3.4', '::.', '::1.', 'localhost', 'voice.example', 'constructor', '::ffff:0:1.2.3.4', '64:ff9b::192.0.2.33', '１.2.3.4',
]; // prettier-ignore

function agree(text: string): void {
  const [ours, nodes] = [[isIPv4(text), isIPv6(text), isIP(text)], [nodeIsIPv4(text), nodeIsIPv6(text), nodeIsIP(text) !== 0]];
  // Called thousands of times: an `expect` would cost more than both functions.
  if (ours.join() !== nodes.join()) expect(ours, JSON.stringify(text)).toEqual(nodes);
}

describe('isIP', () => {
  it.each(ODD_TEXTS.map((text) => [JSON.stringify(text), text] as const))('agrees with node:net on %s', (_, text) => {
    agree(text);
  });

  it('agrees with node:net on real addresses, and on them with one character changed, added or taken away', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended());
    const change = fc.tuple(fc.nat(45), fc.nat(2), fc.constantFrom('', ...'0123456789abcdefABCDEFg.: -'));
    fc.assert(
      fc.property(address, change, (text, [at, taken, put]) => {
        agree(text);
        agree(text.slice(0, at) + put + text.slice(at + taken));
      }),
      { numRuns: 3_000 },
    );
  });

  it('agrees with node:net on random texts of the same characters', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789abcfABCF.::..'), maxLength: 40 });
    fc.assert(fc.property(text, agree), { numRuns: 3_000 });
    const groups = fc.array(fc.constantFrom('', '0', '1', 'ffff', '10000', '1.2.3.4', '::', '::1'), { maxLength: 10 });
    fc.assert(
      fc.property(groups, (parts) => agree(parts.join(':'))),
      { numRuns: 3_000 },
    );
  });

  it('differs from node:net in one thing: an address with a zone id is none of the public internet', () => {
    for (const text of ['fe80::1%eth0', 'fe80::1%1', '::1%lo']) {
      expect(nodeIsIP(text)).toBe(6);
      expect(isIP(text)).toBe(false);
    }
  });

  it('is quick on texts made to be slow', () => {
    for (const text of [':'.repeat(1e5), '1:'.repeat(1e5), '1.'.repeat(1e5), `${'1'.repeat(1e5)}.1.1.1`])
      expect(isIP(text)).toBe(false);
  });
});
