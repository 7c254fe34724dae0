/** The way of an Ogg file. */
import type { ByteSource } from '../../bytes/byte-source.js';
import { oggContents, type OggContents } from '../../ogg/contents.js';
import { oggOpusParts } from '../../ogg/ogg-opus.js';
import { isPlayable } from '../../opus/head.js';
import type { SourceOptions } from '../options.js';
import { AS_IT_IS, decodedFrom, infoOf, type Route } from './route.js';

/** The first pages are looked for among so many bytes: one has 65 307 at most, and two are wanted. */
const MAX_START_BYTES = 131_072;
/** What is taken for a stream whose header cannot be read; the reader will say what is wrong with it. */
const NO_HEAD = { channels: 2, preSkip: 0, outputGain: 0, family: 0 } as const;

/** @param tag bytes of an ID3 tag in front */
export async function oggRoute(source: ByteSource, tag: number, options: SourceOptions): Promise<Route> {
  const { codecs, head, tags } = await firstPages(source, tag);
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

/** Reads no further than they are: the rest of a live stream may take its time. */
async function firstPages(source: ByteSource, tag: number): Promise<OggContents> {
  for (let wanted = tag + 1; ; ) {
    const start = await source.peek(wanted);
    const contents = oggContents(start.subarray(tag));
    if (contents.complete || start.length < wanted || start.length > tag + MAX_START_BYTES) return contents;
    wanted = start.length + 1;
  }
}
