/** Counts and reports datagrams that are not accepted. */
import type { MutableCounters } from '../counters.js';
import type { DatagramFault, EventLog } from '../events.js';
import type { VoiceSession } from '../sessions/voice-session.js';

const COUNTER_OF = {
  malformed: 'malformed',
  'unknown-ssrc': 'unknownSsrc',
  'foreign-address': 'foreign',
  'too-early': 'early',
  undecryptable: 'undecryptable',
  refused: 'refused',
} as const satisfies Record<DatagramFault, keyof MutableCounters>;

/** Counts even if nobody listens. */
export class Rejections {
  constructor(
    private readonly counters: MutableCounters,
    private readonly events: EventLog,
  ) {}

  /** @param session the session it claims to belong to, if known */
  reject(reason: DatagramFault, ssrc: number | null, session: VoiceSession | null): void {
    this.counters[COUNTER_OF[reason]]++;
    if (!this.events.observed) return;
    this.events.emit({ type: 'bad-datagram', userId: session?.userId ?? null, guildId: session?.guildId ?? null, reason, ssrc });
  }

  /** A fault has silenced the user. */
  unheard(): void {
    this.counters.unheard++;
  }
}
