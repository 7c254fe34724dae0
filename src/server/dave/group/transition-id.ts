/** The only field of opcodes 23 and 31. */
import { field, type Read } from '../../../protocol/payloads.js';
import { isWhole } from '../../whole-number.js';

/** `{transition_id}`, an unsigned 16-bit integer; other fields are ignored. Returns a text if it is invalid. */
export function readTransitionId(d: unknown): Read<{ readonly id: number }> {
  const id = field(d, 'transition_id');
  return isWhole(id, 0, 0xffff) ? { id } : 'transition_id is not an id';
}
