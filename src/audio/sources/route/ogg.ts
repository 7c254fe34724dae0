/** The way of an Ogg file. */
import type { ByteSource } from '../../bytes/byte-source.js';
import { oggContents } from '../../ogg/contents.js';
import { oggOpusParts } from '../../ogg/ogg-opus.js';
import { isPlayable } from '../../opus/head.js';
import type { SourceOptions } from '../options.js';
import { AS_IT_IS, decodedFrom, infoOf, type Route } from './route.js';

/** The first pages: one has 65 307 bytes at most, and two are wanted. */
const START_BYTES = 131_072;
/** What is taken for a stream whose header cannot be read; the reader will say what is wrong with it. */
const NO_HEAD = { channels: 2, preSkip: 0, outputGain: 0, family: 0 } as const;

/** @param tag bytes of an ID3 tag in front */
export async function oggRoute(source: ByteSource, tag: number, options: SourceOptions): Promise<Route> {
  const start = await source.peek(tag + START_BYTES);
  const { codecs, head, tags } = oggContents(start.subarray(tag));
  const known = { tags, channels: head?.channels, sampleRate: head === undefined ? undefined : 48_000 };
  if (codecs.length > 0 && (head === undefined || !isPlayable(head))) {
    const held = head === undefined ? codecs : [`Opus of ${head.channels} channels`];
    return { via: 'ffmpeg', info: infoOf('Ogg', decodedFrom(held), known), source, random: false };
  }
  const { onDamage } = options;
  return {
    via: 'passthrough',
    info: infoOf('Ogg', AS_IT_IS, known),
    head: head ?? NO_HEAD,
    parts: () => oggOpusParts(source, onDamage === undefined ? {} : { onDamage }),
  };
}
