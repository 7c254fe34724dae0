/**
 * A table of every refusal of the server: the rule, the close code, and the source that says that Discord refuses it. A rule without such a source
 * does not belong here: see suspicions.ts. docs/server-refusals.md is this table.
 */
import { CloseCode } from '../../protocol/close-codes.js';

/** A rule, and how a client that breaks it is refused. */
export interface RefusalRule {
  /** The close code; 1006 breaks the connection without a close frame, and below 1000 it is an HTTP status. */
  readonly code: number;
  readonly rule: string;
  /** The source. `ours` is a limit of this server, which no well-behaved client reaches. */
  readonly source: string;
}

const DOCS = (words: string): string => `Discord docs, Voice Close Event Codes: "${words}"`;

/** The refusals by name. Refusals by faults are not among them. */
export const REFUSALS = {
  'plain-http': { code: 426, rule: 'an HTTP request asks for a WebSocket', source: 'RFC 9110 section 15.5.22' },
  'unknown-version': {
    code: CloseCode.UnknownProtocol,
    rule: 'the `v` of the URL is 4 or more; none means 4',
    source: 'Discord docs, Voice Gateway Versioning: versions below 4 are gone since November 2024',
  },
  'not-json': {
    code: CloseCode.InvalidPayload,
    rule: 'a text message is a JSON object with a whole number `op`, a binary one has an opcode',
    source: DOCS('Failed to decode payload'),
  },
  'bad-payload': {
    code: CloseCode.InvalidPayload,
    rule: 'the fields that an opcode needs are there, and of their types',
    source: DOCS('Failed to decode payload'),
  },
  'unknown-opcode': {
    code: CloseCode.UnknownOpcode,
    rule: 'the opcode is one that clients send',
    source: DOCS('You sent an invalid opcode'),
  },
  'not-identified': {
    code: CloseCode.NotAuthenticated,
    rule: 'Identify or Resume comes before everything but heartbeats',
    source: DOCS('You sent a payload before identifying'),
  },
  'never-identified': {
    code: CloseCode.NotAuthenticated,
    rule: 'an open socket identifies or resumes within `identifyTimeout`',
    source: 'ours: no socket is kept for nobody',
  },
  'wrong-token': {
    code: CloseCode.AuthenticationFailed,
    rule: "the token is the user's present one in that guild",
    source: DOCS('The token you sent in your identify payload is incorrect'),
  },
  'spent-token': {
    code: CloseCode.SessionInvalid,
    rule: 'the token of a session that has ended is not used again; `tokenReuse` chooses 4006, 4004, or that it is',
    source: 'eris #1448, DPP #1465, discord.py #10207: 4006 to who identifies anew with old credentials',
  },
  'identified-twice': {
    code: CloseCode.AlreadyAuthenticated,
    rule: 'a socket identifies or resumes once',
    source: DOCS('You sent more than one identify payload'),
  },
  'wrong-session': {
    code: CloseCode.SessionInvalid,
    rule: "the session id is that of the user's bot gateway",
    source: DOCS('Your session is no longer valid'),
  },
  'living-session': {
    code: CloseCode.SessionInvalid,
    rule: 'a second Identify does not take a session from the socket that has it',
    source: 'eris #1448: 4006 to an Identify in place of a Resume',
  },
  'no-session': {
    code: CloseCode.SessionInvalid,
    rule: 'a Resume finds its session, which waits no longer than `resumeWindow`',
    source: DOCS('Your session is no longer valid'),
  },
  'replay-gap': {
    code: CloseCode.SessionInvalid,
    rule: 'what a Resume has missed is still kept, `replayLimit` messages',
    source: 'Discord docs, Buffered Resume: the session is then invalid',
  },
  'no-heartbeat': {
    code: CloseCode.SessionTimeout,
    rule: 'a heartbeat comes within one and a half intervals and two seconds',
    source: DOCS('Your session has timed out'),
  },
  elsewhere: {
    code: CloseCode.ServerNotFound,
    rule: "an Identify comes to the guild's own region",
    source: DOCS("We can't find the server you're trying to connect to"),
  },
  'not-udp': {
    code: CloseCode.UnknownProtocol,
    rule: 'Select Protocol chooses `udp`',
    source: DOCS("We didn't recognize the protocol you sent"),
  },
  'unknown-mode': {
    code: CloseCode.UnknownEncryptionMode,
    rule: 'Select Protocol chooses one of the modes of Ready',
    source: DOCS("We didn't recognize your encryption"),
  },
  'no-address': {
    code: CloseCode.BadRequest,
    rule: 'Select Protocol has an IP address and a port',
    source: DOCS('You sent a malformed request'),
  },
  'without-dave': {
    code: CloseCode.DaveRequired,
    rule: 'where calls are encrypted the client speaks DAVE; `withoutDave` lets others in',
    source: DOCS('This channel requires a client supporting E2EE via the DAVE Protocol'),
  },
  'audio-before-speaking': {
    code: CloseCode.BadRequest,
    rule: 'a Speaking, of whatever flags, comes before audio or within `speakingGrace`',
    source: 'Discord docs, Speaking: "or you will be disconnected with an invalid SSRC error"; the code is not documented',
  },
  'too-large': { code: 1009, rule: 'a message has a mebibyte at most', source: 'ours; the code is RFC 6455 section 7.4.1' },
  'slow-reader': {
    code: CloseCode.Abnormal,
    rule: 'a client reads: no more than `sendQueue` bytes wait for it',
    source: 'ours: memory is not without end',
  },
} as const satisfies Readonly<Record<string, RefusalRule>>;

/** The name of a rule by which the server refuses. */
export type RefusalName = keyof typeof REFUSALS;
