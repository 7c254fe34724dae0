/** Applies a fault rule to one datagram. */
import type { VoiceSession } from '../sessions/voice-session.js';
import type { DatagramFate, DatagramRule } from '../traffic/datagram-rule.js';

/** At once, with one copy. */
export const ONCE: readonly number[] = [0];
const TWICE: readonly number[] = [0, 0];
const NEVER: readonly number[] = [];

/** The delay of each copy of a datagram, in milliseconds. */
export function copiesOf(fate: DatagramFate | undefined): readonly number[] {
  if (typeof fate === 'number') return [fate];
  if (typeof fate === 'object') return fate;
  if (fate === 'drop') return NEVER;
  return fate === 'duplicate' ? TWICE : ONCE;
}

/** Asks the rule about a datagram from a client, or, with a receiver, about a copy for that receiver. */
export function fateOf(
  rule: DatagramRule | undefined,
  datagram: Uint8Array,
  sender: VoiceSession,
  receiver: VoiceSession | null,
): readonly number[] {
  if (rule === undefined) return ONCE;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  return copiesOf(
    rule({
      direction: receiver === null ? 'inbound' : 'outbound',
      guildId: sender.guildId,
      channelId: sender.channelId,
      userId: sender.userId,
      receiverId: receiver?.userId ?? null,
      ssrc: sender.ssrc,
      sequence: view.getUint16(2),
      timestamp: view.getUint32(4),
    }),
  );
}
