import { describe, expect, it } from 'vitest';
import { prepareMode } from '../../../../src/crypto/seal.js';
import { ENCRYPTION_MODES } from '../../../../src/protocol/encryption-modes.js';
import { hex, readVectors } from '../../../vectors/read-vectors.js';
import { SILENCE_FRAME } from '../../../../src/protocol/silence.js';
import { SpeakingFlags } from '../../../../src/types.js';
import { datagrams, OPUS, packet, ReceiverStage, rtcp, RTPSIZE, sealOf, SSRC, USER, type PacketParts } from './receiver-stage.js';

for (const mode of ENCRYPTION_MODES) await prepareMode(mode);

const WORDS = (count: number): Uint8Array => new Uint8Array(count * 4);

describe.each(ENCRYPTION_MODES)('Receiver, %s', (mode) => {
  it.each<[string, PacketParts]>([
    ['a plain packet', {}],
    ['one with the marker bit', { marker: true }],
    ['one with contributing sources', { csrcs: 3 }],
    ['one with an extension', { elements: WORDS(2) }],
    ['one with an empty extension', { elements: WORDS(0) }],
    ['one with both', { csrcs: 15, elements: WORDS(5) }],
    ['one with a padding byte', { padding: { bytes: 1, count: 1 } }],
    ['one with everything', { csrcs: 1, elements: WORDS(1), padding: { bytes: 255, count: 255 }, marker: true }],
  ])('reads %s', (_, parts) => {
    const stage = new ReceiverStage(mode);
    stage.now = 12.5;
    stage.take(packet(mode, parts));
    expect(stage.heard.map((one) => ({ ...one, frame: [...one.frame] }))).toEqual([
      {
        userId: USER,
        ssrc: SSRC,
        sequence: 65_535,
        timestamp: 0xfffffff0,
        arrival: 12.5,
        marker: parts.marker === true,
        audioLevel: null,
        speaking: null,
        frame: [...OPUS],
      },
    ]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 1, audio: 1 }));
  });

  it.each<[string, PacketParts]>([
    ['elements of one byte', { elements: hex('10 9e 90 05') }],
    ['elements of two bytes', { elements: hex('09 01 05 00 01 01 9e 00'), profile: 0x1003 }],
    ['elements behind contributing sources, with padding', { csrcs: 2, elements: hex('10 9e 90 05'), padding: { bytes: 2, count: 2 } }],
  ])('reads level and speaking from %s', (_, parts) => {
    const [heard] = new ReceiverStage(mode).take(packet(mode, parts)).heard;
    expect(heard).toMatchObject({ audioLevel: { voice: true, level: 30 }, speaking: SpeakingFlags.Microphone | SpeakingFlags.Priority | SpeakingFlags.Soundshare });
    expect([...heard!.frame]).toEqual([...OPUS]);
  });

  it.each<[string, PacketParts]>([
    ['that says voice', { elements: hex('10 9e 90 02') }],
    ['that says priority', { elements: hex('10 9e 90 01') }],
    ['that says nothing of it', { elements: hex('10 9e 00 00') }],
    ['without one', {}],
  ])('takes a frame of silence for the end of speaking, with an extension %s', (_, parts) => {
    expect(new ReceiverStage(mode).take(packet(mode, { ...parts, payload: SILENCE_FRAME })).heard).toMatchObject([{ speaking: SpeakingFlags.None }]);
  });

  it.each<[string, PacketParts]>([
    ['elements that are cut off', { elements: hex('3f aa aa 90') }],
    ['elements of a form that nobody knows', { elements: hex('10 9e 90 05'), profile: 0x1234 }],
  ])('passes over %s', (_, parts) => {
    expect(new ReceiverStage(mode).take(packet(mode, parts)).heard).toMatchObject([{ audioLevel: null, speaking: null }]);
  });

  it.each<[string, PacketParts, 'empty' | 'malformed']>([
    ['whose padding count is 0', { padding: { bytes: 1, count: 0 } }, 'malformed'],
    ['whose padding count is longer than the packet', { padding: { bytes: 1, count: 255 } }, 'malformed'],
    ['whose padding reaches into the extension', { elements: WORDS(1), padding: { bytes: 1, count: 5 } }, 'malformed'],
    ['of padding only', { payload: new Uint8Array(0), padding: { bytes: 8, count: 8 } }, 'empty'],
    ['of nothing', { payload: new Uint8Array(0) }, 'empty'],
    ['of an extension only', { payload: new Uint8Array(0), elements: WORDS(3) }, 'empty'],
  ])('counts one %s as what it is; it is no loss', (_, parts, place) => {
    const stage = new ReceiverStage(mode);
    stage.take(packet(mode, { sequence: 1 }), packet(mode, { ...parts, sequence: 2 }), packet(mode, { sequence: 3 }));
    expect(stage.sequences).toEqual([1, 3]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 3, audio: 2, [place]: 1 }));
    expect(stage.stats.totals.lost).toBe(0);
  });

  it('counts one under another key as undecryptable', () => {
    const stage = new ReceiverStage(mode).take(packet(mode, { seal: sealOf(mode, new Uint8Array(32).fill(1)) }));
    expect(stage.heard).toEqual([]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 1, undecryptable: 1 }));
  });

  it('counts one that is cut short as undecryptable, at every length behind the header', () => {
    const whole = packet(mode);
    const stage = new ReceiverStage(mode);
    for (let length = 12; length < whole.length; length++) stage.take(whole.subarray(0, length));
    expect(stage.heard).toEqual([]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: whole.length - 12, undecryptable: whole.length - 12 }));
  });

  it('gives memory of its own to each packet', () => {
    const stage = new ReceiverStage(mode).take(packet(mode), packet(mode, { payload: Uint8Array.of(0xfc, 0, 0) }));
    expect([...stage.heard[0]!.frame]).toEqual([...OPUS]);
  });
});

describe('what is no audio', () => {
  it.each<[string, Uint8Array, 'other' | 'control' | 'malformed']>([
    ['another payload type', packet(RTPSIZE, { payloadType: 0x65 }), 'other'],
    ['the answer to a ping', hex('1337f00d00000001'), 'control'],
    ['a discovery reply', Uint8Array.of(0, 2, 0, 70, ...new Array<number>(70).fill(0)), 'control'],
    ['nothing at all', new Uint8Array(0), 'malformed'],
    ['a header that is cut off', packet(RTPSIZE).subarray(0, 11), 'malformed'],
    ['a header that promises more than there is', packet(RTPSIZE, { csrcs: 15 }).subarray(0, 40), 'malformed'],
  ])('%s', (_, datagram, place) => {
    const stage = new ReceiverStage().take(datagram);
    expect([stage.heard, stage.reports]).toEqual([[], []]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 1, [place]: 1 }));
  });
});

describe('RTCP', () => {
  const compound = hex('80c90001 00000007 81cb0001 00000007');

  it('is opened, and given packet by packet', () => {
    const stage = new ReceiverStage().take(rtcp(compound));
    expect(stage.reports).toEqual([
      { type: 'receiver-report', ssrc: 7, reports: [] },
      { type: 'bye', ssrcs: [7], reason: null },
    ]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 1, rtcp: 1 }));
  });

  it('of the Discord client is understood', () => {
    const [capture] = readVectors<{ readonly key: string; readonly packet: string }>('rtcp-capture');
    const stage = new ReceiverStage();
    stage.take(hex(capture!.packet));
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 1, rtcpUndecryptable: 1 }));
  });

  it('is counted where it is forged, or cannot be read, or nobody listens', () => {
    const stage = new ReceiverStage().take(rtcp(compound, sealOf(RTPSIZE, new Uint8Array(32))), rtcp(hex('83c90001 00000007')));
    stage.listensToRtcp = false;
    stage.take(rtcp(compound));
    expect(stage.reports).toEqual([]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 3, rtcpUndecryptable: 1, rtcpMalformed: 1, unheard: 1 }));
  });
});

describe('what nobody listens to', () => {
  it('is not decrypted, and its gap is no loss', () => {
    const stage = new ReceiverStage();
    stage.take(packet(RTPSIZE, { sequence: 1 }));
    stage.listeners = new Set();
    // Forged packets are counted too, because nothing is decrypted.
    stage.take(packet(RTPSIZE, { sequence: 2 }), packet(RTPSIZE, { sequence: 3, seal: sealOf(RTPSIZE, new Uint8Array(32)) }));
    stage.listeners = undefined;
    stage.take(packet(RTPSIZE, { sequence: 50 }), packet(RTPSIZE, { sequence: 52 }));
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 5, audio: 3, unheard: 2 }));
    expect(stage.stats.users.get(USER)).toMatchObject({ packets: 3, lost: 1 });
  });

  it('is what others say, while one user is listened to; who is not known may be the one', () => {
    const stage = new ReceiverStage();
    stage.listeners = new Set([USER]);
    stage.owners.set(5, '88');
    stage.take(packet(RTPSIZE), packet(RTPSIZE, { ssrc: 5 }), packet(RTPSIZE, { ssrc: 6 }), packet(RTPSIZE, { ssrc: 7 }));
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 4, audio: 1, unheard: 1, waiting: 2 }));
    stage.claim(6, '99');
    stage.claim(7, USER);
    expect(stage.heard.map(({ ssrc, userId }) => [ssrc, userId])).toEqual([[SSRC, USER], [7, USER]]); // prettier-ignore
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 4, audio: 2, unheard: 2 }));
  });
});
