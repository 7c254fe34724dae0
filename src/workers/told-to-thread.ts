/** Which sources a thread is told of, and how. */
import { resolve } from 'node:path';
import { isOpenedThere, type Carriage, type OpenedThere } from '../engine/carriage.js';
import type { FrameDescription } from '../frames/description.js';

/** All others are read in the main thread. */
export function toldToThread(sources: OpenedThere): NonNullable<Carriage['opens']> {
  return (description) => (isOpenedThere(sources, description) ? fromAnywhere(description) : undefined);
}

/** A path counts from the folder that the process runs in as the play begins, also where it goes on in another thread later. */
function fromAnywhere(description: FrameDescription): FrameDescription {
  const { input, from } = description;
  return from === 'url' || /^file:/i.test(input) ? description : { ...description, input: resolve(input) };
}
