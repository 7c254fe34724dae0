import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { createOpusDecoder, createOpusEncoder, PcmDecoder, type DecodeOptions, type OpusCodec, type PacketDamage, type RefusedSpeaker } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { hasFec } from '../../../../src/audio/opus/fec.js';
import { demoSong, segmentalSnr } from '../real-sound.js';
import { lost, packet, rms, strength, toneFrames } from '../voice-packets.js';

const frames = toneFrames(40);
const frame = (n: number): JitterEvent => ({ type: 'frame', packet: packet(frames[n]!, n) });
const DAMAGED = Uint8Array.of(0xff, 0);
/** A SILK packet of 20 ms with the LBRR flag. */
const WITH_FEC = Uint8Array.of(0x08, 0x40, 1, 2);

/** A codec that records what it is asked for, and how many samples of it. */
function fakeCodec(has: { readonly fec?: boolean; readonly conceal?: boolean } = {}): { made: string[]; codec: () => OpusCodec } {
  const made: string[] = [];
  const answer = (what: string, samples: number, value: number): Int16Array => {
    made.push(what);
    return new Int16Array(2 * samples).fill(value);
  };
  const codec = (): OpusCodec => ({
    decode: (bytes) => {
      if (bytes[0] === 0xff) throw new Error('damaged');
      return answer('decode', 960, 1_000);
    },
    ...(has.conceal === true && { conceal: (samples: number) => answer(`conceal ${samples}`, samples, 500) }),
    ...(has.fec === true && { decodeFec: (_next: Uint8Array, samples: number) => answer(`fec ${samples}`, samples, 700) }),
    free: () => made.push('free'),
  });
  return { made, codec };
}

function withDecoder<T>(body: (decoder: PcmDecoder) => T, options: DecodeOptions = {}): T {
  const decoder = new PcmDecoder(options);
  try {
    return body(decoder);
  } finally {
    decoder.free();
  }
}

describe('PCM of a stream', () => {
  it('is what a decoder of its own would give', () => {
    const alone = createOpusDecoder();
    const wanted = frames.map((bytes) => alone.decode(bytes));
    alone.free();
    withDecoder((decoder) => {
      const got = frames.flatMap((_, n) => decoder.step(frame(n)));
      expect(got.map(({ pcm }) => pcm)).toEqual(wanted);
      expect(got[3]).toMatchObject({ userId: '1', ssrc: 1, timestamp: 2_880, arrival: 60, concealed: false });
    });
  });

  it('takes bare packets too', () => {
    withDecoder((decoder) => expect(decoder.step(packet(frames[0]!, 0))).toHaveLength(1));
  });

  it('of several speakers is decoded apart', () => {
    withDecoder((decoder) => {
      const other = toneFrames(20, 3_000);
      const got = other.flatMap((bytes, n) => [...decoder.step(frame(n)), ...decoder.step(packet(bytes, n, { ssrc: 2, userId: '2' }))]);
      const last = (ssrc: number): Int16Array => got.filter((one) => one.ssrc === ssrc).at(-1)!.pcm;
      expect(strength(last(1), 3_000)).toBeLessThan(1_500);
      expect(strength(last(1), 440)).toBeGreaterThan(7_000);
      expect(strength(last(2), 3_000)).toBeGreaterThan(10_000);
      expect(decoder.decoders).toBe(2);
    });
  });

  it('has nothing for late packets, nor for losses of who was not heard', () => {
    withDecoder((decoder) => {
      expect(decoder.step(lost(0))).toEqual([]);
      decoder.step(frame(1));
      expect(decoder.step({ type: 'late', packet: packet(frames[0]!, 0) })).toEqual([]);
    });
  });
});

describe('a loss', () => {
  it('is concealed, at its place in time, and fades to silence at 100 ms', () => {
    withDecoder((decoder) => {
      for (let n = 0; n < 10; n++) decoder.step(frame(n));
      const made = Array.from({ length: 8 }, (_, i) => decoder.step(lost(10 + i))).flat();
      expect(made).toHaveLength(8);
      expect(made[2]).toMatchObject({ timestamp: 12 * 960, arrival: 240, concealed: true, ssrc: 1, userId: '1' });
      expect(rms(made[0]!.pcm)).toBeGreaterThan(4_000);
      expect(rms(made[4]!.pcm.subarray(-20))).toBeLessThan(100);
      expect(made.slice(5).map(({ pcm }) => rms(pcm))).toEqual([0, 0, 0]);
      expect(decoder.step(frame(18))[0]!.concealed).toBe(false);
      expect(rms(decoder.step(lost(19))[0]!.pcm)).toBeGreaterThan(1_000);
    });
  });

  it('is concealed not at all with a limit of 0', () => {
    withDecoder(
      (decoder) => {
        decoder.step(frame(0));
        expect(decoder.step(lost(1))[0]!.pcm).toEqual(new Int16Array(1920));
      },
      { concealLimit: 0 },
    );
  });

  it('is filled by repetition where the codec cannot conceal', () => {
    const { codec, made } = fakeCodec();
    withDecoder(
      (decoder) => {
        decoder.step(frame(0));
        const [first, second] = [decoder.step(lost(1))[0]!.pcm, decoder.step(lost(2))[0]!.pcm];
        expect(rms(first)).toBeGreaterThan(rms(second));
        expect(rms(second)).toBeGreaterThan(0);
        expect(made).toEqual(['decode']);
      },
      { codec },
    );
  });

  it.each([
    [0, 120],
    [-5, 120],
    [NaN, 120],
    [1e9, 5_760],
    [1_000, 960],
  ])('of %d samples is taken for %i', (samples, wanted) => {
    withDecoder((decoder) => {
      decoder.step(frame(0));
      expect(decoder.step(lost(1, { samples }))[0]!.pcm).toHaveLength(2 * wanted);
    });
  });
});

describe('FEC', () => {
  const next = (n: number): JitterEvent => ({ type: 'frame', packet: packet(WITH_FEC, n) });

  it('remakes the packet before the one that carries it; those before are concealed', () => {
    const { codec, made } = fakeCodec({ fec: true, conceal: true });
    withDecoder(
      (decoder) => {
        expect(decoder.step(next(0))).toHaveLength(1);
        expect(decoder.step(lost(1))).toEqual([]);
        expect(decoder.step(lost(2)).map(({ timestamp }) => timestamp)).toEqual([960]);
        const got = decoder.step(next(3));
        expect(got.map(({ timestamp, concealed }) => [timestamp, concealed])).toEqual([
          [1_920, true],
          [2_880, false],
        ]);
        expect(made).toEqual(['decode', 'conceal 960', 'fec 960', 'decode']);
      },
      { codec },
    );
  });

  it('is not asked of a packet without it, nor of one that is not the next', () => {
    const { codec, made } = fakeCodec({ fec: true, conceal: true });
    withDecoder(
      (decoder) => {
        [next(0), lost(1), frame(2), lost(3), next(9)].forEach((event) => decoder.step(event));
        expect(made).toEqual(['decode', 'conceal 960', 'decode', 'conceal 960', 'decode']);
      },
      { codec },
    );
  });

  it('of real sound is 10 dB nearer to it than concealment is', async () => {
    const song = await demoSong(4);
    const encoder = createOpusEncoder({ application: 'voip', signal: 'voice', bitrate: 40_000, packetLoss: 30 });
    const packets = song.map((block) => encoder.encode(block));
    encoder.free();
    const concealed = segmentalSnr(packets, (decoder) => decoder.conceal(960));
    const copied = segmentalSnr(packets, (decoder, next) => decoder.decodeFec(next, 960));
    expect(copied).toBeGreaterThan(10);
    expect(copied).toBeGreaterThan(concealed + 10);
    // The same through the operator: the copy replaces the lost frame.
    withDecoder((decoder) => {
      const alone = createOpusDecoder();
      const at = packets.findIndex((packet, n) => n > 10 && hasFec(packet));
      packets.slice(0, at - 1).forEach((bytes, n) => {
        alone.decode(bytes);
        decoder.step(packet(bytes, n));
      });
      const got = [...decoder.step(lost(at - 1)), ...decoder.step(packet(packets[at]!, at))];
      expect(got.map(({ concealed }) => concealed)).toEqual([true, false]);
      expect(got[0]!.pcm).toEqual(alone.decodeFec(packets[at]!, 960));
      alone.free();
    });
  });

  it('is no longer waited for at the end', () => {
    const { codec } = fakeCodec({ fec: true, conceal: true });
    withDecoder(
      (decoder) => {
        decoder.step(next(0));
        decoder.step(lost(1));
        expect(decoder.flush().map(({ timestamp }) => timestamp)).toEqual([960]);
        expect(decoder.flush()).toEqual([]);
      },
      { codec },
    );
  });
});

describe('damage', () => {
  it('is concealed, told and counted, and the stream goes on', () => {
    const told: PacketDamage[] = [];
    withDecoder(
      (decoder) => {
        for (let n = 0; n < 5; n++) decoder.step(frame(n));
        const [got] = decoder.step(packet(DAMAGED, 5));
        expect(got).toMatchObject({ concealed: true, timestamp: 4_800, arrival: 100 });
        expect(got!.pcm).toHaveLength(1920);
        expect(rms(got!.pcm)).toBeGreaterThan(1_000);
        expect(told).toMatchObject([{ userId: '1', ssrc: 1, sequence: 5 }]);
        expect(decoder.damaged).toBe(1);
        expect(decoder.step(frame(6))[0]!.concealed).toBe(false);
      },
      { onDamage: (damage) => told.push(damage) },
    );
  });

  it('in the first packet is silence', () => {
    withDecoder((decoder) => expect(decoder.step(packet(DAMAGED, 0))[0]!.pcm).toEqual(new Int16Array(1920)));
  });

  it('to the codec itself is put right by a new one', () => {
    let made = 0;
    const codec = (): OpusCodec => {
      const broken = made++ === 0;
      const crash = (samples: number): Int16Array => {
        if (broken) throw new Error('crashed');
        return new Int16Array(2 * samples).fill(9);
      };
      return { decode: () => crash(960), conceal: crash };
    };
    withDecoder(
      (decoder) => {
        expect(decoder.step(frame(0))[0]!.concealed).toBe(true);
        expect(decoder.step(frame(1))[0]).toMatchObject({ concealed: false });
        expect(made).toBe(2);
      },
      { codec },
    );
  });

  it('is not what a codec does that gives no PCM: that is an error', () => {
    const codec = (): OpusCodec => ({ decode: () => Buffer.alloc(3840) as unknown as Int16Array });
    withDecoder((decoder) => expect(() => decoder.step(frame(0))).toThrow('check the codec option'), { codec });
  });
});

describe('decoders', () => {
  it('are given back when their SSRC is idle, and made again when it is heard again', () => {
    const { codec, made } = fakeCodec();
    withDecoder(
      (decoder) => {
        decoder.step(packet(frames[0]!, 0));
        for (let at = 0; at < 1_200; at += 20) decoder.step(packet(frames[1]!, 1, { ssrc: 2, arrival: at }));
        expect(made.filter((what) => what === 'free')).toHaveLength(0);
        for (let at = 1_200; at <= 1_700; at += 20) decoder.step(packet(frames[1]!, 1, { ssrc: 2, arrival: at }));
        expect(made.filter((what) => what === 'free')).toHaveLength(1);
        expect(decoder.decoders).toBe(1);
        decoder.step(packet(frames[0]!, 0, { arrival: 60_000 }));
        expect(decoder.decoders).toBe(1);
        expect(made.filter((what) => what === 'free')).toHaveLength(2);
      },
      { codec, idle: 1_400 },
    );
  });

  it('are no more than maxDecoders: who speaks keeps his, and who comes is told of, once', () => {
    const { codec, made } = fakeCodec();
    const refused: RefusedSpeaker[] = [];
    withDecoder(
      (decoder) => {
        // Six speak at once, for two seconds.
        const heard = new Map<number, number>();
        for (let n = 0; n < 100; n++) {
          for (let ssrc = 1; ssrc <= 6; ssrc++) {
            const { length } = decoder.step(packet(frames[0]!, n, { ssrc, userId: `${ssrc}` }));
            heard.set(ssrc, (heard.get(ssrc) ?? 0) + length);
          }
        }
        expect([...heard.values()]).toEqual([100, 100, 100, 100, 0, 0]);
        expect(refused).toEqual([{ userId: '5', ssrc: 5 }, { userId: '6', ssrc: 6 }]);
        expect(decoder.decoders).toBe(4);
        expect(made.filter((what) => what === 'free')).toHaveLength(0);
        // The first speaker is silent for a second, and the fifth gets its decoder.
        for (let n = 100; n < 151; n++) for (let ssrc = 2; ssrc <= 4; ssrc++) decoder.step(packet(frames[0]!, n, { ssrc }));
        expect(decoder.step(packet(frames[0]!, 151, { ssrc: 5 }))).toHaveLength(1);
        expect(made.filter((what) => what === 'free')).toHaveLength(1);
      },
      { codec, maxDecoders: 4, onRefused: (speaker) => refused.push(speaker) },
    );
    expect(made.filter((what) => what === 'free')).toHaveLength(5);
  });

  it('are as many as may be, whatever floods them', () => {
    const { codec } = fakeCodec();
    let refused = 0;
    withDecoder(
      (decoder) => {
        for (let ssrc = 0; ssrc < 2_000; ssrc++) decoder.step(packet(frames[0]!, 0, { ssrc }));
        expect([decoder.decoders, refused]).toEqual([256, 1_744]);
      },
      { codec, onRefused: () => (refused += 1) },
    );
  });

  it('of a hundred and fifty who speak at once give each his own sound', () => {
    const packets = frames.slice(0, 12);
    withDecoder((decoder) => {
      const last = new Map<number, Int16Array>();
      packets.forEach((bytes, n) => {
        for (let ssrc = 0; ssrc < 150; ssrc++) for (const { pcm } of decoder.step(packet(bytes, n, { ssrc }))) last.set(ssrc, pcm);
      });
      const [first] = last.values();
      expect(strength(first!, 440)).toBeGreaterThan(10_000);
      expect([...last.values()].filter((pcm) => pcm.join() !== first!.join())).toHaveLength(0);
      expect(last.size).toBe(150);
    });
  });

  it.each([{ concealLimit: -1 }, { concealLimit: NaN }, { idle: 0 }, { idle: NaN }, { maxDecoders: 0 }])('refuse %j', (options) => {
    expect(() => new PcmDecoder(options)).toThrow(VoiceOptionsError);
  });
});

it('gives one frame for each place, in order, whatever the events', () => {
  const kinds = fc.array(fc.constantFrom('frame', 'lost', 'late', 'damaged'), { maxLength: 60 });
  const event = (kind: string, n: number): JitterEvent => {
    if (kind === 'lost') return lost(n);
    if (kind === 'late') return { type: 'late', packet: packet(frames[0]!, n) };
    return { type: 'frame', packet: packet(kind === 'damaged' ? DAMAGED : n % 3 === 0 ? frames[n % 40]! : WITH_FEC, n) };
  };
  const run = (list: readonly string[], fec: boolean): void => {
    const decoder = new PcmDecoder({ codec: fakeCodec({ fec, conceal: true }).codec });
    const got = [...list.flatMap((kind, n) => decoder.step(event(kind, n))), ...decoder.flush()];
    decoder.free();
    const first = list.findIndex((kind) => kind === 'frame' || kind === 'damaged');
    const places = [...list.keys()].filter((n) => first >= 0 && n >= first && list[n] !== 'late');
    expect(got.map(({ timestamp }) => timestamp / 960)).toEqual(places);
    expect(got.map(({ concealed }) => concealed)).toEqual(places.map((n) => list[n] !== 'frame'));
  };
  fc.assert(fc.property(kinds, fc.boolean(), run), { seed: 20_261_121, numRuns: 300 });
});
