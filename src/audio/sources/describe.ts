/** What a source is, in words, where another process could open it. */
import type { FrameDescription } from '../../frames/description.js';
import type { SourceInput } from './input/input.js';
import type { SourceOptions } from './options.js';

/** What can be said of a source; all else is code, a secret (`headers`), or of this machine alone (`ffmpeg`). */
const TOLD: ReadonlySet<string> = new Set(['bitrate', 'outputGain', 'stallTimeout']);

export function describeSource(input: SourceInput, options: SourceOptions, start: number): FrameDescription | undefined {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (!given.every(([name]) => TOLD.has(name))) return undefined;
  const told = Object.fromEntries(given) as FrameDescription['options'];
  const text = input instanceof URL ? input.href : input;
  if (typeof text !== 'string' || /^file:/i.test(text)) return undefined;
  return { input: text, from: /^https?:/i.test(text) ? 'url' : 'file', start, options: told };
}
