/** Where a session runs. */
import type { Observable } from 'rxjs';
import type { Snowflake, VoiceSignal } from '../types.js';
import type { VoiceOptions } from './options.js';
import type { VoiceSession } from './session/session.js';

/**
 * Runs sessions elsewhere than in this thread: see `rxvoice/workers`. What is behind it keeps all that `connectVoice$` promises: order,
 * completion, errors of their classes, and that unsubscribing releases.
 */
export interface VoiceEngine {
  /**
   * As `driveVoice$`: subscribing runs a session over the voice servers that `signals$` names.
   *
   * @param guildId for the log, where it is known
   */
  session$(signals$: Observable<VoiceSignal>, options: VoiceOptions, guildId: Snowflake | null): Observable<VoiceSession>;
}

/** {@link VoiceOptions}, and where the session is to run. */
export interface ConnectOptions extends VoiceOptions {
  /** Where the session runs. Default: in this thread. */
  readonly engine?: VoiceEngine;
}
