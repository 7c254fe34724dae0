/** Applies a fault rule to one datagram. */
import type { SchedulerLike, Subscription } from 'rxjs';
import type { FaultState } from './fault-state.js';
import type { VoiceSession } from './voice-session.js';

/** Delivers a datagram never, once, twice or later, as the rule says. `delayed` holds the timers of what is under way. */
export function applyFate(
  faults: FaultState,
  scheduler: SchedulerLike,
  delayed: Subscription,
  datagram: Uint8Array,
  sender: VoiceSession,
  receiver: VoiceSession | null,
  deliver: () => void,
): void {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const fate = faults.rule?.({
    direction: receiver === null ? 'inbound' : 'outbound',
    guildId: sender.guildId,
    channelId: sender.channelId,
    userId: sender.userId,
    receiverId: receiver?.userId ?? null,
    ssrc: sender.ssrc,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
  });
  if (fate === 'drop') return;
  if (typeof fate === 'number') {
    const timer = scheduler.schedule(() => {
      delayed.remove(timer);
      deliver();
    }, fate);
    delayed.add(timer);
    return;
  }
  deliver();
  if (fate === 'duplicate') deliver();
}
