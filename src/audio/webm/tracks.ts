/** The header of a Matroska file: its tracks, its length and its tags. */
import { readOpusHead, type OpusHead } from '../opus/head.js';
import { children, float, Id, text, unsigned, type Element } from './ebml.js';

/** The default length of a tick in nanoseconds: 1 ms. */
const DEFAULT_SCALE = 1_000_000;
const AUDIO = 2;
const MAX_TAG_LENGTH = 4_096;

/** An audio track. */
export interface WebmTrack {
  readonly number: number;
  /** For example `A_OPUS`. */
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** The header of an Opus track. */
  readonly head: OpusHead | undefined;
  /** Whether its packets are compressed or encrypted by the container. */
  readonly encoded: boolean;
}

/** What is known when the first cluster begins. */
export interface WebmInfo {
  /** Length of a tick in nanoseconds. */
  readonly scale: number;
  /** In ms; undefined if the writer did not know it. */
  readonly duration: number | undefined;
  readonly tracks: readonly WebmTrack[];
  /** By their names, in upper case. */
  readonly tags: ReadonlyMap<string, string>;
}

/** The Info element: ticks, length and title. */
export function readInfo(body: Uint8Array): { scale: number; duration: number | undefined; title: string | undefined } {
  let scale = DEFAULT_SCALE;
  let ticks = 0;
  let title: string | undefined;
  for (const element of children(body)) {
    if (element.id === Id.TimestampScale) scale = unsigned(element.body) || DEFAULT_SCALE;
    else if (element.id === Id.Duration) ticks = float(element.body);
    else if (element.id === Id.Title) title = text(element.body).slice(0, MAX_TAG_LENGTH);
  }
  return { scale, duration: ticks > 0 ? (ticks * scale) / 1e6 : undefined, title };
}

/** The audio tracks of a Tracks element, in order. */
export function readTracks(body: Uint8Array): WebmTrack[] {
  return [...children(body)].flatMap((element) => (element.id === Id.TrackEntry ? (readTrack(element.body) ?? []) : []));
}

function readTrack(body: Uint8Array): WebmTrack | undefined {
  const fields = new Map([...children(body)].map((element) => [element.id, element.body]));
  const field = <T>(id: number, read: (body: Uint8Array) => T, otherwise: T): T => {
    const value = fields.get(id);
    return value === undefined ? otherwise : read(value);
  };
  if (field(Id.TrackType, unsigned, 0) !== AUDIO) return undefined;
  const audio = new Map([...children(fields.get(Id.Audio) ?? new Uint8Array(0))].map((element: Element) => [element.id, element.body]));
  const channels = audio.get(Id.Channels);
  const rate = audio.get(Id.SamplingFrequency);
  return {
    number: field(Id.TrackNumber, unsigned, 0),
    codec: field(Id.CodecId, text, ''),
    channels: channels === undefined ? 1 : unsigned(channels),
    sampleRate: rate === undefined ? 8_000 : float(rate),
    head: field(Id.CodecPrivate, readOpusHead, undefined),
    encoded: fields.has(Id.ContentEncodings),
  };
}

/** The tags of a Tags element, for the whole file or for a track. Source: RFC 9559 section 5.1.8. */
export function readTags(body: Uint8Array): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of children(body)) {
    if (tag.id !== Id.Tag) continue;
    for (const simple of children(tag.body)) {
      if (simple.id !== Id.SimpleTag) continue;
      const parts = new Map([...children(simple.body)].map((element) => [element.id, element.body]));
      const name = parts.get(Id.TagName);
      const value = parts.get(Id.TagString);
      if (name !== undefined && value !== undefined && value.length <= MAX_TAG_LENGTH) tags.set(text(name).toUpperCase(), text(value));
    }
  }
  return tags;
}
