/** Describes a source as data, if somebody else can open it: another process, or another thread of this one. */
import type { FrameDescription } from '../../frames/description.js';
import type { SourceInput } from './input/input.js';
import type { SourceOptions } from './options.js';

/** Options that any process may see. */
const TOLD: ReadonlySet<string> = new Set(['bitrate', 'outputGain', 'stallTimeout']);
/** Options for this process only: secrets, and paths of this machine. All other options are code. */
const OWN: ReadonlySet<string> = new Set(['headers', 'ffmpeg']);

export function describeSource(input: SourceInput, options: SourceOptions, start: number): FrameDescription | undefined {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const [told, own] = [TOLD, OWN].map((names) => given.filter(([name]) => names.has(name))) as [typeof given, typeof given];
  if (told.length + own.length < given.length || !given.every(([, value]) => isPlain(value))) return undefined;
  const text = input instanceof URL ? input.href : input;
  if (typeof text !== 'string') return undefined;
  const from = /^https?:/i.test(text) ? 'url' : 'file';
  const isFileUrl = /^file:/i.test(text);
  // A URL of another protocol is reported by its reader.
  if (input instanceof URL && from === 'file' && !isFileUrl) return undefined;
  const description = { input: text, from, start, options: Object.fromEntries(told) } as const;
  return own.length > 0 || isFileUrl ? { ...description, own: Object.fromEntries(own) } : description;
}

/** Accepts a string, a number, or a record of strings. Other values may not be transferable. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number') return true;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}
