/** Runs a session on a node. */
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

/** Like `driveVoice$`, with the node's sockets. Spent credentials are recovered by {@link REJOIN}, other faults as `options` says. */
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

/** Whether credentials that came with a moved session are accepted twice is not documented. If they are refused, the session joins again at once. */
const REJOIN = { action: 'rejoin', delay: 0 } as const;
const SPENT: ReadonlySet<number> = new Set([CloseCode.AuthenticationFailed, CloseCode.SessionInvalid]);

function isSpent(fault: VoiceFault): boolean {
  return fault.type === 'closed' && !fault.wasReady && fault.repeats === 1 && SPENT.has(fault.closeCode);
}
