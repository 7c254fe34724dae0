/** Credentials that a new process of the bot is given for a connection that there is. */
import type { VoiceServer, VoiceSignal } from '../../types.js';

/**
 * The op 4 of who has just begun is answered with a token, though the bot is in that channel already, and its connection as good as before: it
 * is not given up for that. The token is kept until there is need of one.
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

  /** Whether it is to be told now. @param ready whether there is a connection */
  needed(signal: VoiceSignal, ready: boolean): boolean {
    if (!('token' in signal)) return true;
    const before = this.#latest;
    this.#latest = signal;
    this.#spare = undefined;
    if (!ready || before === undefined || !sameConnection(before, signal)) return true;
    this.#spare = signal;
    return false;
  }

  /** What was kept, now that the connection is none any more. */
  take(): VoiceServer | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }
}

function sameConnection(a: VoiceServer, b: VoiceServer): boolean {
  return a.sessionId === b.sessionId && a.channelId === b.channelId && a.endpoint === b.endpoint;
}
