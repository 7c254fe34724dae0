import { describe, expect, it } from 'vitest';
import { createOpusDecoder, pcm, probe, source, type SourceOptions } from '../../../../src/audio/index.js';
import { amplify, loudnessGains } from '../../../../src/audio/sources/gain.js';
import { collect, texts } from '../../../support/collect.js';
import { ascii, concat, oggFile, opusHead } from '../../../support/ogg-writer.js';
import { strength, toneFrames } from '../voice-packets.js';

const packets = toneFrames(100);
const withGain = (steps: number, tags?: Uint8Array): Uint8Array => {
  const head = opusHead();
  new DataView(head.buffer).setInt16(16, steps, true);
  return oggFile(packets, { head, ...(tags === undefined ? {} : { tags }) });
};

async function loudness(bytes: Uint8Array, options: SourceOptions = {}): Promise<{ played: number; heard: number; frames: string[] }> {
  const frames = (await collect(source(bytes, options))).items;
  const decoder = createOpusDecoder();
  const played = Int16Array.from(frames.flatMap((frame) => [...decoder.decode(frame)]));
  decoder.free();
  const heard = Int16Array.from((await collect(pcm(bytes, options))).items.flatMap((block) => [...block.pcm]));
  const middle = (samples: Int16Array): number => strength(samples.subarray(19_200, 172_800), 440);
  return { played: middle(played), heard: middle(heard), frames: texts(frames) };
}

describe('the output gain of an Opus stream', () => {
  it('is applied, to what is played and to PCM alike', async () => {
    const plain = await loudness(withGain(0));
    const fainter = await loudness(withGain(-6 * 256));
    expect(plain.frames).toEqual(texts(packets));
    expect(20 * Math.log10(fainter.played / plain.played)).toBeCloseTo(-6, 1);
    expect(20 * Math.log10(fainter.heard / plain.heard)).toBeCloseTo(-6, 1);
    expect((await probe(withGain(-6 * 256))).outputGain).toBe(-6);
  });

  it('is not applied where one does not want it: the very packets', async () => {
    expect((await loudness(withGain(-6 * 256), { outputGain: 'ignore' })).frames).toEqual(texts(packets));
  });

  it('that is too much saturates', () => {
    expect([...amplify(Int16Array.of(100, -100, 20_000, -20_000), 6.0206)]).toEqual([200, -200, 32_767, -32_768]);
    const same = Int16Array.of(1);
    expect(amplify(same, 0)).toBe(same);
  });
});

describe('gains in tags', () => {
  const gains = (tags: Record<string, string>): unknown => loudnessGains(new Map(Object.entries(tags)));
  const none = { track: undefined, album: undefined, reference: undefined };

  it.each([
    [{ R128_TRACK_GAIN: '-1280', R128_ALBUM_GAIN: '256' }, { track: -5, album: 1, reference: 'r128' }],
    [{ REPLAYGAIN_TRACK_GAIN: '-6.48 dB' }, { track: -6.48, album: undefined, reference: 'replaygain' }],
    [{ REPLAYGAIN_TRACK_GAIN: '+3.1', REPLAYGAIN_ALBUM_GAIN: '2 db' }, { track: 3.1, album: 2, reference: 'replaygain' }],
    [{ R128_TRACK_GAIN: '0', REPLAYGAIN_TRACK_GAIN: '-6 dB' }, { track: 0, album: undefined, reference: 'r128' }],
    [{ R128_TRACK_GAIN: 'loud', REPLAYGAIN_TRACK_GAIN: '' }, none],
    [{}, none],
  ])('are read: %j', (tags, wanted) => {
    expect(gains(tags)).toEqual(wanted);
  });

  it('are told by probe', async () => {
    const comment = ascii('R128_TRACK_GAIN=-512');
    const tags = concat([ascii('OpusTags'), Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, comment.length, 0, 0, 0), comment]);
    expect(await probe(withGain(0, tags))).toMatchObject({ loudness: { track: -2, reference: 'r128' } });
  });

  it('of comments that lie about their lengths are none', async () => {
    for (const count of [0xff, 1]) {
      const tags = concat([ascii('OpusTags'), Uint8Array.of(0, 0, 0, 0, count, count, count, count, 0xff, 0xff, 0xff, 0x7f, 65)]);
      expect((await probe(withGain(0, tags))).tags.size).toBe(0);
    }
  });
});
