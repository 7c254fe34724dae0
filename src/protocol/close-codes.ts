/**
 * The voice gateway's close codes, as a table: the meaning of each, and what a client does about it. Source: Discord docs, Opcodes and Status Codes,
 * "Voice Close Event Codes".
 */

/**
 * What to do about a lost connection.
 *
 * - `resume`: a new WebSocket, opcode 7; the media session lives on
 * - `reidentify`: a new WebSocket, opcode 0 with the same credentials
 * - `rejoin`: ask the bot gateway again (op 4), for new credentials
 * - `wait`: Discord may be about to name another server; wait for it
 * - `fail`: nothing can be done; the error is reported to the caller
 */
export type CloseAction = 'resume' | 'reidentify' | 'rejoin' | 'wait' | 'fail';

/** What a close code means, and what is done about it. */
export interface CloseCodeFacts {
  readonly meaning: string;
  readonly action: CloseAction;
  /** How often the action is worth trying; if omitted, as often as recovery's budget allows. */
  readonly tries?: number;
}

/** The close codes by name. */
export const CloseCode = {
  Normal: 1000,
  Abnormal: 1006,
  UnknownOpcode: 4001,
  InvalidPayload: 4002,
  NotAuthenticated: 4003,
  AuthenticationFailed: 4004,
  AlreadyAuthenticated: 4005,
  SessionInvalid: 4006,
  SessionTimeout: 4009,
  ServerNotFound: 4011,
  UnknownProtocol: 4012,
  Disconnected: 4014,
  ServerCrashed: 4015,
  UnknownEncryptionMode: 4016,
  DaveRequired: 4017,
  BadRequest: 4020,
  RateLimited: 4021,
  CallTerminated: 4022,
  /** Our own code, sent when we give up a silent socket. Not 1000 or 1001: those end the session, and we intend to resume it. */
  HeartbeatLost: 4900,
  /** Our own code, sent when a resume is not answered. */
  ResumeLost: 4901,
  /** Our own code, never sent: a transport key whose nonces are nearly used up. */
  NoncesUsedUp: 4902,
  /** Our own code, never sent: the server does not read what we send. */
  SendStalled: 4903,
} as const;

/** The table. {@link closeCodeFacts} also answers for the codes that are not in it. */
export const CLOSE_CODES: Readonly<Record<number, CloseCodeFacts>> = {
  1000: { meaning: 'closed normally by the server', action: 'resume' },
  1001: { meaning: 'server going away', action: 'resume' },
  1005: { meaning: 'closed without a code', action: 'resume' },
  1006: { meaning: 'connection lost', action: 'resume' },
  1011: { meaning: 'server error', action: 'resume' },
  1012: { meaning: 'server restarting', action: 'resume' },
  1013: { meaning: 'server busy', action: 'resume' },
  1014: { meaning: 'bad gateway', action: 'resume' },
  4000: { meaning: 'unknown server error', action: 'resume' },
  4001: { meaning: 'the server did not know an opcode we sent', action: 'rejoin', tries: 1 },
  4002: { meaning: 'the server could not decode a payload we sent', action: 'rejoin', tries: 1 },
  4003: { meaning: 'a payload was sent before Identify', action: 'reidentify' },
  4004: { meaning: 'the voice token was refused; a token is good for one session', action: 'rejoin', tries: 1 },
  4005: { meaning: 'Identify was sent twice', action: 'rejoin', tries: 1 },
  4006: { meaning: 'the session is no longer valid', action: 'rejoin' },
  4009: { meaning: 'the session timed out', action: 'rejoin' },
  4011: { meaning: 'the voice server was not found', action: 'rejoin' },
  4012: { meaning: 'the server did not know the protocol we selected', action: 'fail' },
  4013: { meaning: 'the media worker crashed', action: 'resume' },
  4014: { meaning: 'disconnected: kicked, moved, or the main gateway session was lost', action: 'wait' },
  4015: { meaning: 'the voice server crashed', action: 'resume' },
  4016: { meaning: 'the server did not know the encryption mode we selected', action: 'fail' },
  4017: { meaning: 'this call requires DAVE end-to-end encryption', action: 'fail' },
  4020: { meaning: 'bad request', action: 'rejoin', tries: 1 },
  4021: { meaning: 'rate limited; do not reconnect', action: 'fail' },
  4022: { meaning: 'the call was ended, the channel deleted, the voice server changed, or a lone bot disconnected', action: 'wait' },
  4900: { meaning: 'we gave up a socket whose heartbeats went unanswered', action: 'resume' },
  4901: { meaning: 'we gave up a socket on which a resume went unanswered', action: 'resume' },
  4902: { meaning: 'we gave up a transport key that has hardly a nonce left', action: 'reidentify' },
  4903: { meaning: 'we gave up a socket that took no more of what we send', action: 'resume' },
};

/** The facts of a close code; an unknown code below 4000 is a lost connection, an unknown one above asks for new credentials. */
export function closeCodeFacts(code: number): CloseCodeFacts {
  return (
    CLOSE_CODES[code] ??
    (code < 4000
      ? { meaning: 'connection lost', action: 'resume' }
      : { meaning: 'a close code that the docs do not list', action: 'rejoin' })
  );
}
