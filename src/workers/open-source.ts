/** Opens sources that the main thread describes in this thread. Loaded with the first of them; until then a thread has no audio layer. */
import * as mediaErrors from '../audio/errors.js';
import { source } from '../audio/sources/source.js';
import { carryErrors } from '../engine/wire-error.js';
import type { FrameDescription } from '../frames/description.js';
import type { OpusFrame } from '../types.js';

carryErrors(mediaErrors);

export function openSource({ input, start, options, own }: FrameDescription): AsyncIterable<OpusFrame> {
  return source(input, { ...options, ...own }).from(start);
}
