/** Each option of the encoder, tested by its effect on the bytes. */
import { describe, expect, it } from 'vitest';
import { createOpusDecoder, createOpusEncoder, type OpusEncoderOptions } from '../../../../src/audio/index.js';
import { hasFec, isSpeechCoded } from '../../../../src/audio/opus/fec.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { demoSong, joined, segmentalSnr, snr } from '../real-sound.js';

const SONG = await demoSong(1);
/** The delay of the encoder, in values of interleaved stereo. */
const LOOK_AHEAD = 2 * 312;

function encoded(options: OpusEncoderOptions, blocks: readonly Int16Array[] = SONG): Uint8Array[] {
  const encoder = createOpusEncoder(options);
  const packets = blocks.map((block) => encoder.encode(block));
  encoder.free();
  return packets;
}
const share = (packets: readonly Uint8Array[], is: (packet: Uint8Array) => boolean): number => packets.filter(is).length / packets.length;

describe('an option of the encoder', () => {
  it('application: voip codes as speech what audio codes as music, and lowdelay never does', () => {
    const speech = (application: 'voip' | 'audio' | 'lowdelay'): number => share(encoded({ application, bitrate: 20_000 }), isSpeechCoded);
    expect(speech('voip')).toBeGreaterThan(speech('audio') + 0.3);
    expect(speech('lowdelay')).toBe(0);
  });

  it('signal: voice leads to the coder of speech, music to that of music', () => {
    const speech = (signal: 'voice' | 'music'): number => share(encoded({ signal, bitrate: 28_000 }), isSpeechCoded);
    expect(speech('voice')).toBeGreaterThan(0.9);
    expect(speech('music')).toBeLessThan(0.1);
  });

  it('fec: packets carry copies when it is on and loss is expected, and by default when loss is', () => {
    const copies = (options: OpusEncoderOptions): number => share(encoded({ application: 'voip', bitrate: 28_000, signal: 'voice', ...options }), hasFec);
    expect(copies({ packetLoss: 20 })).toBeGreaterThan(0.5);
    expect(copies({ packetLoss: 20, fec: true })).toBe(copies({ packetLoss: 20 }));
    expect(copies({ packetLoss: 20, fec: false })).toBe(0);
    expect(copies({ fec: true })).toBe(0);
  });

  it('packetLoss: the more, the finer the copy', () => {
    const copied = (packetLoss: number): number => {
      const packets = encoded({ application: 'voip', bitrate: 48_000, signal: 'voice', packetLoss });
      return segmentalSnr(packets, (decoder, next) => decoder.decodeFec(next, 960));
    };
    expect(copied(30)).toBeGreaterThan(copied(2) + 1);
  });

  it('complexity: the higher, the nearer to the original at the same bitrate', () => {
    const quality = (complexity: number): number => {
      const decoder = createOpusDecoder();
      const got = encoded({ complexity }).map((packet) => decoder.decode(packet));
      decoder.free();
      return snr(joined(SONG).subarray(0, -LOOK_AHEAD), joined(got).subarray(LOOK_AHEAD));
    };
    expect(quality(10)).toBeGreaterThan(quality(0) + 1);
  });

  it('dtx: silence behind speech is packets of a byte or two', () => {
    const blocks = [...SONG.slice(0, 20), ...Array.from({ length: 60 }, () => new Int16Array(1_920))];
    const empty = (dtx: boolean): number => encoded({ dtx, application: 'voip', bitrate: 24_000 }, blocks).filter(({ length }) => length <= 2).length;
    expect(empty(true)).toBeGreaterThan(30);
    expect(empty(false)).toBe(0);
  });

  it('frameDuration: packets of that length, and no other piece is taken', () => {
    const encoder = createOpusEncoder({ frameDuration: 60 });
    expect(opusPacketSamples(encoder.encode(new Int16Array(5_760)))).toBe(2_880);
    expect(() => encoder.encode(new Int16Array(1_920))).toThrow('pieces of 5760 (60 ms');
    encoder.free();
  });
});
