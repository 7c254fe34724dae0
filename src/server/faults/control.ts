/** Faults of the voice WebSocket. */
import type { Snowflake } from '../../types.js';
import type { RateLimit } from './rate-limiter.js';
import type { StrikeOptions } from './refusals.js';
import type { AnnouncedMessage, RefusedStage, WithheldStage } from './stages.js';

/** One of a user's two sockets. */
export type SocketKind = 'control' | 'media';

/** Faults of the voice WebSocket. */
export interface ControlFaults {
  /**
   * Closes a user's voice WebSockets with `code`. The session stays, to be resumed, if the code means that (1000 to 1014, 4000, 4013, 4015);
   * otherwise it ends. 1006 is {@link ControlFaults.dropSocket}.
   * @throws RangeError for a code that no close frame can carry
   */
  closeSocket(userId: Snowflake, code: number): void;
  /** Breaks a user's voice WebSockets without a close frame: the client sees 1006. The session can be resumed. */
  dropSocket(userId: Snowflake): void;
  /**
   * Ends a connection with `code` each time it reaches a stage, instead of continuing; null stops that. 1006 breaks it without a close frame. At
   * `socket` the code is an HTTP status.
   * @throws RangeError for a code that cannot be sent, and for a `userId` at `socket` and `hello`, where the user is not yet known
   */
  refuse(stage: RefusedStage, code: number | null, options?: StrikeOptions): void;
  /**
   * Closes a connection with `code` right after a message was sent; null stops that. 1006 breaks it without a close frame.
   * @throws RangeError for a code that cannot be sent, and for a `userId` after `hello`
   */
  closeAfter(message: AnnouncedMessage, code: number | null, options?: StrikeOptions): void;
  /** Holds back a message and what follows it from the same cause; `false` sends the held messages. */
  withhold(stage: WithheldStage, on: boolean): void;
  /** No heartbeat is acknowledged while on. */
  ignoreHeartbeats(on: boolean): void;
  /**
   * A user's sockets stay open, but are dead: nothing is answered and nothing is sent. New WebSockets of the user become silent at their Identify or
   * Resume. `false`: the WebSocket continues as after a stall of the network, late but complete; datagrams are lost. The server does not count
   * heartbeats that it does not read. `only`: one of the two, `control` (WebSocket) or `media` (UDP).
   */
  silent(userId: Snowflake, on: boolean, only?: SocketKind): void;
  /**
   * Makes a gap in the replay buffer: one numbered message to the user is lost for good, with all kept ones, and the next resume across the gap is
   * refused with `code` (4006 by default, or 4009). Before version 8 nothing is replayed, so nothing is missed.
   * @throws RangeError for a code that no close frame can carry
   */
  forgetReplays(userId: Snowflake, code?: number): void;
  /** Refuses Identifies and Resumes of one user with 4021, beyond a number within a time; null stops that. */
  rateLimit(limit: RateLimit | null): void;
}
