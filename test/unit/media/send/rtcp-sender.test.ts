import { beforeAll, describe, expect, it } from 'vitest';
import { createSeal, prepareMode } from '../../../../src/crypto/seal.js';
import type { SentRtcp } from '../../../../src/media/interceptor.js';
import { RtcpSender } from '../../../../src/media/send/rtcp-sender.js';
import { Traffic } from '../../../../src/media/traffic.js';
import { ENCRYPTION_MODES, isRtpSizeMode, type EncryptionMode } from '../../../../src/protocol/encryption-modes.js';
import { parseRtcp, RTCP_CLEAR_BYTES, type RtcpPacket } from '../../../../src/protocol/rtcp.js';

const SR: RtcpPacket = { type: 'sender-report', ssrc: 7, ntpTime: null, rtpTimestamp: 960, packets: 3, octets: 480, reports: [] };
const CNAME: RtcpPacket = { type: 'source-description', chunks: [{ ssrc: 7, items: [{ item: 1, text: 'rxvoice' }] }] };

function stage(mode: EncryptionMode) {
  const seal = (counter: number) => createSeal(mode, new Uint8Array(32).fill(4), { counter, random: (bytes) => new Uint8Array(bytes) });
  const datagrams: Uint8Array[] = [];
  const traffic = new Traffic();
  const told: SentRtcp[] = [];
  const sender = new RtcpSender({ seal: seal(0), port: { send: (datagram) => datagrams.push(datagram) }, traffic, time: { now: () => 12 } });
  return { sender, datagrams, traffic, told, open: seal(9) };
}

beforeAll(async () => {
  for (const mode of ENCRYPTION_MODES) await prepareMode(mode);
});

describe.each(ENCRYPTION_MODES.filter(isRtpSizeMode))('RTCP in %s', (mode) => {
  it('leaves as one datagram, of which the first 8 bytes are clear', () => {
    const { sender, datagrams, open } = stage(mode);
    expect(sender.send([SR, CNAME])).toBe(true);
    const [datagram] = datagrams;
    expect(Buffer.from(datagram!.subarray(0, RTCP_CLEAR_BYTES)).toString('hex')).toBe('80c8000600000007');
    const body = open.open(datagram!, RTCP_CLEAR_BYTES)!;
    expect(parseRtcp(Buffer.concat([datagram!.subarray(0, RTCP_CLEAR_BYTES), body]))).toEqual([SR, CNAME]);
  });

  it('is told, with its size and time, to who looks on', () => {
    const { sender, datagrams, traffic, told } = stage(mode);
    sender.send([SR]);
    traffic.sentRtcp$.subscribe((sent) => told.push(sent));
    sender.send([SR]);
    expect(told).toEqual([{ packets: [SR], bytes: datagrams[1]!.length, at: 12 }]);
  });

  it('leaves no more after the close', () => {
    const { sender, datagrams } = stage(mode);
    sender.close();
    expect([sender.send([SR]), datagrams]).toEqual([false, []]);
  });
});

describe.each(ENCRYPTION_MODES.filter((mode) => !isRtpSizeMode(mode)))('RTCP in %s', (mode) => {
  it('does not leave: two reports would have one nonce, or nobody could open them', () => {
    const { sender, datagrams } = stage(mode);
    expect([sender.send([SR]), datagrams]).toEqual([false, []]);
  });
});

describe('what is no compound', () => {
  it.each<[string, readonly RtcpPacket[]]>([
    ['nothing', []],
    ['source-description', [CNAME, SR]],
    ['bye', [{ type: 'bye', ssrcs: [], reason: null }]],
  ])('%s at its beginning is an error that names the cure, and nothing leaves', (what, packets) => {
    const { sender, datagrams } = stage('aead_aes256_gcm_rtpsize');
    expect(() => sender.send(packets)).toThrow(new RangeError(`a compound of RTCP begins with a report, not with ${what}: put a receiver report without blocks first`));
    expect(datagrams).toEqual([]);
  });
});
