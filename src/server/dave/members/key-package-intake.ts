/** Decides which key packages become an offer to be added. */
import type { Snowflake } from '../../../types.js';
import type { DaveLog } from '../events.js';
import { readKeyPackage, type KeyPackage } from '../mls/key-package.js';
import type { Participant } from './participant.js';

/** Opcode 26: sets the participant's offer, or counts why not. */
export function takeKeyPackage(
  participant: Participant,
  body: Uint8Array,
  roster: ReadonlyMap<Snowflake, Participant>,
  log: DaveLog,
): void {
  const { userId } = participant;
  // An invalid one counts as the answer too: otherwise the next valid one would be taken for a late one.
  const current = participant.keyPackageCame();
  const keyPackage = readKeyPackage(body, userId);
  if (typeof keyPackage === 'string') return log.emit({ type: 'bad-key-package', userId, reason: keyPackage });
  // A member that cannot continue sends opcode 31 first; a key package without it is ignored.
  if (!current || participant.leaf !== undefined) return log.emit({ type: 'stale-key-package', userId });
  if (isTaken(keyPackage, participant, roster))
    return log.emit({ type: 'bad-key-package', userId, reason: 'another client has the same key' });
  participant.offer = keyPackage;
  log.emit({ type: 'key-package', userId });
}

/** Whether another participant has the same key. MLS forbids that in a group, and nobody could commit. */
function isTaken(offer: KeyPackage, by: Participant, roster: ReadonlyMap<Snowflake, Participant>): boolean {
  for (const other of roster.values()) {
    const has = other === by ? undefined : other.keyPackage;
    if (has?.signatureKey === offer.signatureKey || has?.encryptionKey === offer.encryptionKey) return true;
  }
  return false;
}
