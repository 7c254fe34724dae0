import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { datagramKind } from '../../../src/protocol/datagram.js';
import { encodeDiscoveryReply, encodeDiscoveryRequest } from '../../../src/protocol/discovery.js';
import { encodePing } from '../../../src/protocol/keepalive.js';
import { hex } from '../../vectors/read-vectors.js';

const RTP = '8078 0001 000003c0 00000007 fcdead';

describe('what a datagram is', () => {
  it.each<[string, Uint8Array, ReturnType<typeof datagramKind>]>([
    ['audio', hex(RTP), 'audio'],
    ['audio with every bit of the first byte, and the marker', hex(RTP.replace('8078', 'bff8')), 'audio'],
    ['a probe', hex(RTP.replace('8078', '8060')), 'other'],
    ['video', hex(RTP.replace('8078', '8065')), 'other'],
    ['another version', hex(RTP.replace('8078', '4078')), 'malformed'],
    ['a sender report', hex(`80c8${'00'.repeat(38)}`), 'rtcp'],
    ['the first and the last packet type of RTCP', hex(`80c0${'00'.repeat(12)}`), 'rtcp'],
    ['one more', hex(`80df${'00'.repeat(12)}`), 'rtcp'],
    ['its neighbours are none', hex(`80e0${'00'.repeat(12)}`), 'other'],
    ['the answer to a ping', hex('1337f00d 00000007'), 'control'],
    ['our ping, sent back', encodePing(7), 'control'],
    ['the keepalive of another library, sent back', hex('2a000000 00000000'), 'control'],
    ['eight bytes of nothing', hex('2a000000 00000001'), 'malformed'],
    ['a reply of discovery', encodeDiscoveryReply(7, { address: '1.2.3.4', port: 5 }), 'control'],
    ['a request of discovery', encodeDiscoveryRequest(7), 'malformed'],
    ['audio of that length', Buffer.concat([hex(RTP), Buffer.alloc(59)]), 'audio'],
    ['a header that is cut off', hex(RTP).subarray(0, 11), 'malformed'],
    ['nothing', new Uint8Array(0), 'malformed'],
  ])('%s', (_, datagram, expected) => {
    expect(datagramKind(datagram)).toBe(expected);
  });

  it('can be asked of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80, size: 'max' }), (bytes) => {
        expect(['control', 'malformed', 'rtcp', 'audio', 'other']).toContain(datagramKind(bytes));
      }),
    );
  });
});
