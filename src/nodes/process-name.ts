/** The names of a bot's processes, and which process must be gone because a later one of its instance exists. */
import { freshName } from './fresh-name.js';

/** Separates the parts of a name. No part contains it. */
const PARTS = '~';

/**
 * Makes a unique name for a process. With an `instance`, of which only one process lives at a time, the name also contains it and the start time.
 *
 * @param now ms since 1970
 */
export function processName(instance: string | undefined, now: number): string {
  return instance === undefined ? freshName() : [instance, Math.floor(now).toString(36), freshName()].join(PARTS);
}

/** Whether both processes are of the same instance and this one started later. Then the former one must be gone. */
export function succeeds(process: string, former: string): boolean {
  const [instance, begun] = process.split(PARTS);
  const [formerInstance, formerBegun] = former.split(PARTS);
  return begun !== undefined && formerBegun !== undefined && instance === formerInstance && Number.parseInt(begun, 36) > Number.parseInt(formerBegun, 36);
}
