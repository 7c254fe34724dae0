/** The one field of opcodes 23 and 31. */
import type { Read } from '../../../protocol/payloads.js';

/** `{transition_id}`, an unsigned 16-bit integer; other fields are ignored. A text that says what is wrong. */
export function readTransitionId(d: unknown): Read<{ readonly id: number }> {
  const id = typeof d === 'object' && d !== null ? (d as { transition_id?: unknown }).transition_id : undefined;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > 0xffff) return 'transition_id is not an id';
  return { id };
}
