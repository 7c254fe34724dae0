/** What processes of a bot are called, and which of them is known to be no more by that. */
import { freshName } from './fresh-name.js';

/** Between the parts of a name, none of which has it. */
const PARTS = '~';

/**
 * What a process is called: a name that no other has; of an instance, of which one lives at a time, with that and with when it began.
 *
 * @param now ms since 1970
 */
export function processName(instance: string | undefined, now: number): string {
  return instance === undefined ? freshName() : [instance, Math.floor(now).toString(36), freshName()].join(PARTS);
}

/** Whether both are of one instance, and this one began later: then the other is no more. */
export function succeeds(process: string, former: string): boolean {
  const [instance, begun] = process.split(PARTS);
  const [formerInstance, formerBegun] = former.split(PARTS);
  return begun !== undefined && formerBegun !== undefined && instance === formerInstance && Number.parseInt(begun, 36) > Number.parseInt(formerBegun, 36);
}
