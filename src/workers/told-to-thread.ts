/** Decides which sources are opened in a thread, and describes them to it. */
import { resolve } from 'node:path';
import { isOpenedThere, type Carriage, type OpenedThere } from '../engine/carriage.js';
import type { FrameDescription } from '../frames/description.js';

/** Returns undefined for sources that are read in the main thread. */
export function toldToThread(sources: OpenedThere): NonNullable<Carriage['opens']> {
  return (description) => (isOpenedThere(sources, description) ? fromAnywhere(description) : undefined);
}

/** A relative path is resolved against the working directory when the play begins, even if another thread continues the play later. */
function fromAnywhere(description: FrameDescription): FrameDescription {
  const { input, from } = description;
  return from === 'url' || /^file:/i.test(input) ? description : { ...description, input: resolve(input) };
}
