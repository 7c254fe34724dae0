/** Faults of the voice WebSocket. */
import type { Snowflake } from '../../types.js';
import type { RateLimit } from './rate-limiter.js';
import type { StrikeOptions } from './refusals.js';
import type { AnnouncedMessage, RefusedStage, WithheldStage } from './stages.js';

/** Which of a user's two sockets. */
export type SocketKind = 'control' | 'media';

/** What can go wrong with the voice WebSocket. */
export interface ControlFaults {
  /**
   * Closes a user's voice WebSockets with `code`. The session lives on, to be resumed, when that is what the code means (1000 to
   * 1014, 4000, 4013, 4015); else it is over. 1006 is {@link ControlFaults.dropSocket}.
   * @throws RangeError for a code that no close frame can carry
   */
  closeSocket(userId: Snowflake, code: number): void;
  /** Breaks a user's voice WebSockets without a close frame: the client sees 1006. The session can be resumed. */
  dropSocket(userId: Snowflake): void;
  /**
   * Ends a connection with `code` each time it comes to a stage, instead of letting it go on; null stops that. 1006 breaks it
   * without a close frame. At `socket` the code is an HTTP status.
   * @throws RangeError for a code that cannot be sent, and for a `userId` at `socket` and `hello`, where nobody has said who
   * comes
   */
  refuse(stage: RefusedStage, code: number | null, options?: StrikeOptions): void;
  /**
   * Closes a connection with `code` right after a message was sent; null stops that. 1006 breaks it without a close frame.
   * @throws RangeError for a code that cannot be sent, and for a `userId` after `hello`
   */
  closeAfter(message: AnnouncedMessage, code: number | null, options?: StrikeOptions): void;
  /** Holds back a message and what follows it from the same cause; `false` sends what was held. */
  withhold(stage: WithheldStage, on: boolean): void;
  /** No heartbeat is acknowledged while on. */
  ignoreHeartbeats(on: boolean): void;
  /**
   * A user's sockets are open, but dead: nothing is answered and nothing comes. New WebSockets of the user fall silent at their
   * Identify or Resume. `false`: the WebSocket goes on as after a stall of the network, late but complete; datagrams are lost.
   * The server does not count the heartbeats that it does not see. `only`: one of the two, `control` (WebSocket) or `media`
   * (UDP).
   */
  silent(userId: Snowflake, on: boolean, only?: SocketKind): void;
  /**
   * A gap in what can be replayed: a numbered message to the user is lost for good, with all that are kept, and the next resume
   * across it is refused with `code` (4006 by default, or 4009). Before version 8 nothing is replayed, and so nothing missed.
   * @throws RangeError for a code that no close frame can carry
   */
  forgetReplays(userId: Snowflake, code?: number): void;
  /** Refuses with 4021 what one user sends of Identifies and Resumes beyond a number within a time; null stops that. */
  rateLimit(limit: RateLimit | null): void;
}
