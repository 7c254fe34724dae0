import { expect, it } from 'vitest';
import type { OpusPart } from '../../../../src/audio/opus/parts.js';
import { partsFrom } from '../../../../src/audio/sources/parts-from.js';
import { collect } from '../../../support/collect.js';

const head: OpusPart = { type: 'head', head: { channels: 2, preSkip: 312, outputGain: 0, family: 0 } };
const packet = (n: number): OpusPart => ({ type: 'packet', frame: Uint8Array.of(n), samples: 960 });
const pause = (samples: number): OpusPart => ({ type: 'pause', samples });
const trim: OpusPart = { type: 'trim', samples: 100 };
const ALL = [head, packet(0), packet(1), pause(4_800), packet(2), trim];

it.each<[number, number | undefined, OpusPart[]]>([
  [-3_840, 0, ALL],
  [0, 0, ALL],
  [959, 0, ALL],
  [960, 960, [head, packet(1), pause(4_800), packet(2), trim]],
  [1_920, 1_920, [head, pause(4_800), packet(2), trim]],
  [4_000, 3_960, [head, pause(2_760), packet(2), trim]],
  [6_720, 6_720, [head, packet(2), trim]],
  [7_680, undefined, [head]],
])('from sample %d on begins at %j', async (from, start, wanted) => {
  const starts: number[] = [];
  async function* parts(): AsyncGenerator<OpusPart, undefined> {
    yield* ALL;
    return undefined;
  }
  expect((await collect(partsFrom(parts(), from, (samples) => starts.push(samples)))).items).toEqual(wanted);
  expect(starts).toEqual(start === undefined ? [] : [start]);
});

it('ends what it reads when it is left', async () => {
  let ended = false;
  async function* parts(): AsyncGenerator<OpusPart, undefined> {
    try {
      for (;;) yield packet(0);
    } finally {
      ended = true;
    }
  }
  for await (const _ of partsFrom(parts(), 9_600, () => undefined)) break;
  expect(ended).toBe(true);
});
