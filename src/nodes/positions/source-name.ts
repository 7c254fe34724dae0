/** What is played, recognised by who plays the same next, and told to nobody else. */
import { createHash } from 'node:crypto';
import type { OpenSource } from '../../engine/serve-engine.js';
import type { FrameDescription } from '../../frames/description.js';
import type { FrameInput } from '../../media/send/play-options.js';
import type { Snowflake } from '../../types.js';

/** A source as the bot has asked for it: the path of a file is another on each node. */
export interface AskedSource {
  readonly description: FrameDescription;
  /** The same from another place on, in ms from the start of the media. */
  readonly from: (start: number) => FrameInput;
}

const asked = new WeakMap<object, AskedSource>();
/** Of the digest: 132 bits. */
const CHARACTERS = 22;

/** Opens the same, and remembers what was asked for. */
export function remembering(open: OpenSource): OpenSource {
  return (description) => {
    const frames = open(description);
    asked.set(frames, { description, from: (start) => open({ ...description, start }) });
    return frames;
  };
}

/** Undefined for what was not opened here. */
export function askedFor(frames: FrameInput): AskedSource | undefined {
  return asked.get(frames);
}

/**
 * A digest of the source, wherever it is to begin. A path or a URL may have a password or a token in it, and says what somebody listens to: it is not to be
 * had from this. Of bot and guild, too, so that it does not show that two of them hear the same.
 */
export function sourceName(bot: Snowflake, guildId: Snowflake, { input, from, options }: FrameDescription): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const told = JSON.stringify([bot, guildId, from, input, given.sort(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(told).digest('base64url').slice(0, CHARACTERS);
}
