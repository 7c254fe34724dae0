import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaFormatError, oggOpus } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { collect } from '../../../support/collect.js';
import { concat, oggFile, oggPage, opusPackets } from '../../../support/ogg-writer.js';

const SEED = 20_261_121;
const RUNS = 1_000;

/** The stream ends (a hang would be the test's timeout), with nothing but Opus packets and at most our own error. */
async function staysInBounds(chunks: readonly Uint8Array[]): Promise<void> {
  const total = chunks.reduce((sum, { length }) => sum + length, 0);
  let damaged = 0;
  const { items, error } = await collect(oggOpus(chunks, { onDamage: () => (damaged += 1) }));
  const bad = items.filter((frame) => typeof opusPacketSamples(frame) !== 'number');
  const given = items.reduce((sum, { length }) => sum + length, 0);
  expect([bad, given <= total, damaged <= total]).toEqual([[], true, true]);
  if (error === undefined) return;
  if (!(error instanceof MediaFormatError)) throw error;
  expect(error.offset).toBeLessThanOrEqual(total);
}

const file = oggFile(opusPackets(40, (i) => 50 + 30 * (i % 30)), { packetsPerPage: 6, segmentsPerPage: 11 });

type Mutation = (bytes: Uint8Array) => Uint8Array;
const place = fc.nat({ max: file.length });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(([at, value]): Mutation => (bytes) => {
    const changed = bytes.slice();
    if (at < changed.length) changed[at] = value;
    return changed;
  }),
  fc.tuple(place, fc.nat(2000)).map(([at, n]): Mutation => (bytes) => concat([bytes.subarray(0, at), bytes.subarray(at + n)])),
  fc.tuple(place, fc.uint8Array({ maxLength: 300 })).map(
    ([at, extra]): Mutation => (bytes) => concat([bytes.subarray(0, at), extra, bytes.subarray(at)]),
  ),
  fc.tuple(place, place).map(([a, b]): Mutation => (bytes) => concat([bytes.subarray(0, a), bytes.subarray(b)])),
  place.map((at): Mutation => (bytes) => bytes.subarray(0, at)),
  place.map((at): Mutation => (bytes) => bytes.subarray(at)),
);

/** Pages with valid checksums and any content, so that the code after the checksum is reached. */
const page = fc
  .record({
    serial: fc.nat(2),
    sequence: fc.nat(4),
    continued: fc.boolean(),
    first: fc.boolean(),
    last: fc.boolean(),
    lacings: fc.array(fc.oneof(fc.constant(255), fc.nat(255)), { maxLength: 20 }),
    start: fc.constantFrom('', 'OpusHead\x01\x02\0\0\0\0\0\0\0\0\0', 'OpusTags', '\x01vorbis', '\xfc'),
    fill: fc.nat(255),
  })
  .map(({ lacings, start, fill, ...fields }) => {
    const body = new Uint8Array(lacings.reduce((sum, lacing) => sum + lacing, 0)).fill(fill);
    body.set(Array.from(start, (c) => c.charCodeAt(0)).slice(0, body.length));
    return oggPage({ ...fields, lacings, body });
  });

describe(`${4 * RUNS} hostile inputs give frames or a MediaFormatError, and nothing else`, () => {
  it('random bytes, some of them with the mark of a page', async () => {
    const mark = fc.constant(Uint8Array.from('OggS\0\x02', (c) => c.charCodeAt(0)));
    const chunks = fc.array(fc.oneof(fc.uint8Array({ maxLength: 400 }), mark), { maxLength: 12 });
    await fc.assert(fc.asyncProperty(chunks, staysInBounds), { seed: SEED, numRuns: RUNS });
  });

  it('a sound file, cut and changed', async () => {
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(mutations, fc.integer({ min: 1, max: 4000 }), async (steps, size) => {
        const bytes = steps.reduce((before, step) => step(before), file);
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        await staysInBounds(chunks);
      }),
      { seed: SEED, numRuns: 2 * RUNS },
    );
  });

  it('pages that are sound and make no sense', async () => {
    await fc.assert(fc.asyncProperty(fc.array(page, { maxLength: 12 }), staysInBounds), { seed: SEED, numRuns: RUNS });
  });
});
