import type { VoiceUnsupportedError } from '../../errors.js';
import type { MediaTime } from '../../media/media-time.js';
import type { WireMessage } from '../../protocol/frames.js';
import type { Snowflake } from '../../types.js';

/** Who else is in the call, according to the frames so far. */
export interface CallMembers {
  readonly members: ReadonlySet<Snowflake>;
}

/** Sends to the voice gateway. */
export interface MessageSink {
  send(message: WireMessage): void;
}

/** The environment of a DaveMachine. */
export interface DaveHost {
  readonly call: CallMembers;
  readonly outbox: MessageSink;
  readonly time: MediaTime;
  /** The machine's state, `sendable` or `settled` may have changed. */
  changed(): void;
  /** A message was received that cannot be used, and was ignored. */
  ignored(what: string, reason: string): void;
  /** The provider cannot do what this call needs. The machine does nothing from now on. */
  failed(error: VoiceUnsupportedError): void;
}
