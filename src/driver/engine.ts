/** Where a session runs. */
import type { Observable } from 'rxjs';
import type { Snowflake, VoiceSignal } from '../types.js';
import type { VoiceOptions } from './options.js';
import type { VoiceSession } from './session/session.js';

/**
 * Runs sessions somewhere other than this thread: see `rxvoice/workers`. An engine keeps every promise of `connectVoice$`: order, completion, the
 * classes of errors, and that unsubscribing releases everything.
 */
export interface VoiceEngine {
  /**
   * Like `driveVoice$`: subscribing runs a session over the voice servers that `signals$` names.
   *
   * @param guildId for the log, if it is known
   */
  session$(signals$: Observable<VoiceSignal>, options: VoiceOptions, guildId: Snowflake | null): Observable<VoiceSession>;
}

/** {@link VoiceOptions}, and where the session runs. */
export interface ConnectOptions extends VoiceOptions {
  /** Where the session runs. Default: in this thread. */
  readonly engine?: VoiceEngine;
}
