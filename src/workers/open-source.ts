/** Sources that the main thread describes, opened in this one. Loaded with the first of them: a thread without any has no audio layer. */
import * as mediaErrors from '../audio/errors.js';
import { source } from '../audio/sources/source.js';
import { carryErrors } from '../engine/wire-error.js';
import type { FrameDescription } from '../frames/description.js';
import type { OpusFrame } from '../types.js';

carryErrors(mediaErrors);

export function openSource({ input, start, options, own }: FrameDescription): AsyncIterable<OpusFrame> {
  return source(input, { ...options, ...own }).from(start);
}
