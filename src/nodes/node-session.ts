/** A session as it runs on a node. */
import { Observable } from 'rxjs';
import { daveyProvider } from '../dave/davey.js';
import { drive$ } from '../driver/drive.js';
import { resolveOptions } from '../driver/resolve-options.js';
import type { VoiceOptions } from '../driver/options.js';
import type { Transports } from '../driver/ports.js';
import type { VoiceSession } from '../driver/session/session.js';
import { insulated } from '../edge.js';
import type { VoiceFault } from '../fault.js';
import { CloseCode } from '../protocol/close-codes.js';
import type { Snowflake, VoiceSignal } from '../types.js';

/** As `driveVoice$`, with the sockets of the node, and by their recovery where it was moved here. */
export function nodeSession$(
  signals$: Observable<VoiceSignal>,
  options: VoiceOptions,
  guildId: Snowflake,
  transports: Transports,
): Observable<VoiceSession> {
  return new Observable((subscriber) => {
    const resolved = resolveOptions(options, { transports: () => transports, dave: daveyProvider });
    const recovery: typeof resolved.recovery = (fault, attempt) => (isSpent(fault) ? REJOIN : resolved.recovery(fault, attempt));
    return drive$(insulated(signals$), { ...resolved, recovery }, guildId).subscribe(subscriber);
  });
}

/** What a session has moved here with may be good once: whether it is, nobody documents. Then it joins anew, and at once. */
const REJOIN = { action: 'rejoin', delay: 0 } as const;
const SPENT: ReadonlySet<number> = new Set([CloseCode.AuthenticationFailed, CloseCode.SessionInvalid]);

function isSpent(fault: VoiceFault): boolean {
  return fault.type === 'closed' && !fault.wasReady && fault.repeats === 1 && SPENT.has(fault.closeCode);
}
