/** The route of an Ogg file. */
import type { ByteSource } from '../../bytes/byte-source.js';
import { oggContents, type OggContents } from '../../ogg/contents.js';
import { oggOpusParts } from '../../ogg/ogg-opus.js';
import { isPlayable } from '../../opus/head.js';
import type { SourceOptions } from '../options.js';
import { AS_IT_IS, decodedFrom, infoOf, type Route } from './route.js';

/** The first pages are searched within this many bytes: a page has at most 65 307, and two are needed. */
const MAX_START_BYTES = 131_072;
/** Assumed for a stream whose header cannot be read; the reader will report the error. */
const NO_HEAD = { channels: 2, preSkip: 0, outputGain: 0, family: 0 } as const;

/** @param tag length in bytes of an ID3 tag at the start */
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

/** Reads only as far as the first pages: more of a live stream may take time to arrive. */
async function firstPages(source: ByteSource, tag: number): Promise<OggContents> {
  for (let wanted = tag + 1; ; ) {
    const start = await source.peek(wanted);
    const contents = oggContents(start.subarray(tag));
    if (contents.complete || start.length < wanted || start.length > tag + MAX_START_BYTES) return contents;
    wanted = start.length + 1;
  }
}
