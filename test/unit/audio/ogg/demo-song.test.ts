import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createOpusDecoder, oggOpus } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { collect } from '../../../support/collect.js';

it('the bundled song is 12 s of 20 ms packets, small, sound, and audibly louder in its middle', async () => {
  const file = await readFile(new URL('../../../../src/cli/demo/song.opus', import.meta.url));
  expect(file.length).toBeLessThan(200_000);
  const damage: unknown[] = [];
  const { items, error } = await collect(oggOpus(file, { onDamage: (place) => damage.push(place) }));
  expect({ error, damage, packets: items.length }).toEqual({ error: undefined, damage: [], packets: 600 });
  expect(new Set(items.map(opusPacketSamples))).toEqual(new Set([960]));
  // Leaves room for the RTP header, the tag and DAVE in one datagram.
  expect(Math.max(...items.map(({ length }) => length))).toBeLessThan(1_200);

  const decoder = createOpusDecoder();
  const peaks = items.map((frame) => decoder.decode(frame).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
  decoder.free();
  const loudest = (from: number, to: number): number => Math.max(...peaks.slice(from, to));
  expect(loudest(250, 350)).toBeGreaterThan(15_000);
  expect(loudest(250, 350)).toBeLessThan(32_000);
  expect(loudest(0, 10)).toBeLessThan(3_000);
  expect(loudest(590, 600)).toBeLessThan(1_500);
});
