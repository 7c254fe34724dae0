/** What a source is, in words, where somebody else could open it: another process, or another thread of this one. */
import type { FrameDescription } from '../../frames/description.js';
import type { SourceInput } from './input/input.js';
import type { SourceOptions } from './options.js';

/** What can be said to anybody. */
const TOLD: ReadonlySet<string> = new Set(['bitrate', 'outputGain', 'stallTimeout']);
/** What can be said within this process: a secret, and what is of this machine alone. All else is code. */
const OWN: ReadonlySet<string> = new Set(['headers', 'ffmpeg']);

export function describeSource(input: SourceInput, options: SourceOptions, start: number): FrameDescription | undefined {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const [told, own] = [TOLD, OWN].map((names) => given.filter(([name]) => names.has(name))) as [typeof given, typeof given];
  if (told.length + own.length < given.length || !given.every(([, value]) => isPlain(value))) return undefined;
  const text = input instanceof URL ? input.href : input;
  if (typeof text !== 'string') return undefined;
  const from = /^https?:/i.test(text) ? 'url' : 'file';
  const isFileUrl = /^file:/i.test(text);
  // Of another protocol: who reads it says so.
  if (input instanceof URL && from === 'file' && !isFileUrl) return undefined;
  const description = { input: text, from, start, options: Object.fromEntries(told) } as const;
  return own.length > 0 || isFileUrl ? { ...description, own: Object.fromEntries(own) } : description;
}

/** A text, a number, or a record of texts: of what else is given nobody knows whether it can travel. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number') return true;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}
