/**
 * One class per decision a caller can take. Every error has a `code` to switch on, and `retryable`: whether joining again may
 * help. No error ever holds a token or a key.
 */
import { CloseCode, closeCodeFacts } from './protocol/close-codes.js';
import type { ConnectStage, EndReason, Snowflake } from './types.js';

/** The `code` of every error, to switch on. */
export type VoiceErrorCode =
  | 'already-joined'
  | 'timeout'
  | 'socket-closed'
  | 'gateway'
  | 'unsupported'
  | 'frame-overflow'
  | 'iteration-overflow'
  | 'already-playing'
  | 'invalid-frame'
  | 'session-ended'
  | 'options'
  | 'endpoint'
  | 'media-format'
  | 'media-source'
  | 'ffmpeg'
  | 'opus-decoder'
  | 'opus-encoder'
  | 'recording'
  | 'engine-lost';

/**
 * The base of every error that rxvoice itself raises in an Observable; those of files and codecs are in `rxvoice/audio`. An error of a source, a
 * listener or another function of the caller is passed on unchanged.
 */
export abstract class VoiceError extends Error {
  abstract readonly code: VoiceErrorCode;
  /** Whether joining again may help. `voiceRetry()` uses it. */
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Another subscription already has this bot in a voice channel of this guild. Nothing was sent, and the other subscription goes on. */
export class AlreadyJoinedError extends VoiceError {
  readonly code = 'already-joined';
  readonly retryable = false;

  constructor(
    readonly guildId: Snowflake,
    /** The bot. */
    readonly userId: Snowflake,
  ) {
    super(
      `bot ${userId} is in guild ${guildId} by another subscription already, and a bot is in one channel of a guild at a time. Each ` +
        'subscription to connectVoice$ joins anew: let several share one session by share(), let it be taken over from one to the ' +
        'next by the option linger, and go to another channel by a channelId that is an Observable',
    );
  }
}

/** A stage of the flow did not finish in time. */
export class VoiceTimeoutError extends VoiceError {
  readonly code = 'timeout';
  readonly retryable = true;

  constructor(
    readonly stage: ConnectStage | 'signalling',
    /** The deadline that passed, in milliseconds. */
    readonly ms: number,
    /** The usual cause, and the cure. */
    readonly likelyCause: string,
    /**
     * Whether the cause lasts until somebody fixes it: an intent, a permission, a firewall. One such timeout may have been bad luck; after two in a
     * row the error is passed on and not retried. See `voiceRetry`.
     */
    readonly lasting: boolean = stage === 'discovery',
  ) {
    super(`voice stage '${stage}' took more than ${ms} ms: ${likelyCause}`);
  }
}

/** The voice WebSocket closed, and the recovery rules say not to try further. */
export class VoiceSocketClosedError extends VoiceError {
  readonly code = 'socket-closed';
  readonly retryable: boolean;

  constructor(
    /** The WebSocket close code; see `CLOSE_CODES`. 1006 stands for a connection that broke or could not be made. */
    readonly closeCode: number,
    /** The reason given by the server or the network. */
    readonly reason = '',
    options?: ErrorOptions,
  ) {
    const { meaning, action, tries } = closeCodeFacts(closeCode);
    super(`voice socket closed with ${closeCode}: ${meaning}${reason === '' ? '' : ` (${reason})`}`, options);
    // A close code that is worth one try (`tries` 1) has had that try before anybody sees this error.
    this.retryable = action !== 'fail' && tries !== 1;
  }
}

/** The bot gateway failed: its stream errored, or a command could not be sent. `cause` is what it threw, and the message contains its text. */
export class VoiceGatewayError extends VoiceError {
  readonly code = 'gateway';
  readonly retryable = true;

  constructor(what: string, cause: unknown) {
    super(`the bot gateway failed: ${what}${cause === undefined ? '' : `: ${said(cause)}`}`, { cause });
  }
}

/** The text of what a bot's library threw. It need not be an Error: rxjs' `webSocket()` errors with the CloseEvent. */
function said(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return String(cause);
  const { message, code, reason } = cause as { readonly message?: unknown; readonly code?: unknown; readonly reason?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  if (typeof code === 'number') return `closed with ${code}${typeof reason === 'string' && reason !== '' ? ` (${reason})` : ''}`;
  return cause instanceof Error ? cause.name : 'an object without a message';
}

/** The endpoint that VOICE_SERVER_UPDATE named is not one that rxvoice may connect to. */
export class VoiceEndpointError extends VoiceError {
  readonly code = 'endpoint';
  readonly retryable = false;

  constructor(
    /** As it was named, without any part that may be a password. */
    readonly endpoint: string,
    /** What is wrong with it. */
    readonly reason: string,
  ) {
    super(`the endpoint '${endpoint}' ${reason}. A voice server is named as 'host' or 'host:port', and connected to by TLS`);
  }
}

/** The call needs something that this session does not have: a transport mode in common with the server, or DAVE. */
export class VoiceUnsupportedError extends VoiceError {
  readonly code = 'unsupported';
  readonly retryable = false;

  constructor(
    readonly what: 'encryption' | 'dave',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(
      what === 'encryption'
        ? `no transport encryption that both sides accept: ${detail}`
        : `this call requires DAVE end-to-end encryption: ${detail}`,
      options,
    );
  }
}

/** An Observable of frames outran real time and filled its buffer. Errors that play only. */
export class FrameOverflowError extends VoiceError {
  readonly code = 'frame-overflow';
  readonly retryable = false;

  constructor(
    /** The capacity of the buffer, in `unit`. */
    readonly limit: number,
    /** What filled it: `bytes` with `whenBehind: 'wait'`. */
    readonly unit: 'frames' | 'bytes' = 'frames',
  ) {
    super(
      `this Observable outruns real time: ${limit} ${unit} are waiting. Play an iterable or async iterable, which is read at ` +
        (unit === 'bytes'
          ? `the pace of the audio; or have the source paused (onDemand of rxvoice/audio); or raise buffer.bytes`
          : `the pace of the audio; or choose whenBehind 'wait' (speech, a song), buffer.overflow 'drop-oldest' (live) or ` +
            `'drop-newest'; or raise buffer.frames`),
    );
  }
}

/** A `for await` loop over an Observable did not keep up with it. Errors that loop only. */
export class IterationOverflowError extends VoiceError {
  readonly code = 'iteration-overflow';
  readonly retryable = false;

  constructor(
    /** The number of values that the buffer can hold. */
    readonly limit: number,
  ) {
    super(
      `this loop does not keep up with its Observable: ${limit} values are waiting. Do less in its body; or choose the policy 'latest', ` +
        `'drop' or 'conflate'; or buffer.overflow 'drop-oldest' or 'drop-newest'; or raise buffer.values`,
    );
  }
}

/** A second play was started on a session that is playing. Errors that second play only. */
export class AlreadyPlayingError extends VoiceError {
  readonly code = 'already-playing';
  readonly retryable = false;

  constructor() {
    super(
      'this session is already playing. One play at a time: let an RxJS operator choose what waits: concatMap plays one after ' +
        'the other, switchMap skips to the newest, exhaustMap ignores what comes meanwhile',
    );
  }
}

/** A source gave something that is not an Opus frame. Errors that play only. */
export class InvalidFrameError extends VoiceError {
  readonly code = 'invalid-frame';
  readonly retryable = false;

  constructor(
    /** Which frame of the play, from 0. */
    readonly index: number,
    /** What is wrong with it. */
    readonly reason: string,
  ) {
    super(
      `frame ${index} (counted from 0) is not an Opus packet: ${reason}. play() takes whole Opus packets, one a chunk; ` +
        'a file needs its demuxer first, such as oggOpus() of rxvoice/audio, and PCM an encoder',
    );
  }
}

/** A session was used after it ended. */
export class SessionEndedError extends VoiceError {
  readonly code = 'session-ended';
  readonly retryable = false;

  constructor(
    /** Why it ended; null if it failed. */
    readonly reason: EndReason | null = 'left',
  ) {
    super(
      reason === 'left'
        ? 'this voice session has ended. A session lives as long as the subscription to connectVoice$: take(1), first() and ' +
            'firstValueFrom() unsubscribe, and so leave the channel, as soon as it is emitted. Use useSession(session => ...) or switchMap'
        : `this voice session has ended (${reason ?? 'it failed'}), and nothing can be begun on it any more. useSession(session => ...) ` +
            'ends what is made of a session together with it; elsewhere takeUntil(session.ended$) does',
    );
  }
}

/** The thread or machine that ran the session is lost. */
export class EngineLostError extends VoiceError {
  readonly code = 'engine-lost';
  readonly retryable = true;

  constructor(
    /** What is known about the loss. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(
      `what ran this voice session is no more: ${reason}${reason.endsWith('?') ? '' : '.'} Joining again runs it elsewhere: voiceRetry() does`,
      { cause },
    );
  }
}

/** An option or another argument of the caller is invalid. This is found before anything is sent or opened. */
export class VoiceOptionsError extends VoiceError {
  readonly code = 'options';
  readonly retryable = false;

  constructor(
    /** The name of the option, with its path: `timeouts.hello`. */
    readonly option: string,
    /** What it must be, what it is, and the cure. It never repeats text that may be a token in the wrong place. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${option}: ${reason}`, options);
  }
}

/** The error that the user gets for a close that ends the session: for 4017 it names what is missing. */
export function closedError(error: VoiceSocketClosedError): VoiceError {
  if (error.closeCode !== CloseCode.DaveRequired) return error;
  return new VoiceUnsupportedError(
    'dave',
    'the server closed with 4017. Since March 2026 every call but a stage channel is encrypted: pass a DaveProvider as `dave`',
  );
}
