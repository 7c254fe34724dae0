/** Credentials that a new process of the bot receives although the session is already connected. */
import type { VoiceServer, VoiceSignal } from '../../types.js';

/**
 * The op 4 of a new process is answered with a token, although the bot is in that channel already and its connection still works. The connection is
 * not given up for that. The token is kept until it is needed.
 *
 * ```
 * signals     --a---------b-----        b: of the same session, channel and voice server as a
 * ready       ----T-----------F-
 * told        --a-------------b-
 * ```
 */
export class SpareCredentials {
  #latest: VoiceServer | undefined;
  #spare: VoiceServer | undefined;

  /** Whether the signal must be passed on now. @param ready whether there is a connection */
  needed(signal: VoiceSignal, ready: boolean): boolean {
    if (!('token' in signal)) return true;
    const before = this.#latest;
    this.#latest = signal;
    this.#spare = undefined;
    if (!ready || before === undefined || !sameConnection(before, signal)) return true;
    this.#spare = signal;
    return false;
  }

  /** Returns and clears the kept credentials. Called when the connection is lost. */
  take(): VoiceServer | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }
}

function sameConnection(a: VoiceServer, b: VoiceServer): boolean {
  return a.sessionId === b.sessionId && a.channelId === b.channelId && a.endpoint === b.endpoint;
}
