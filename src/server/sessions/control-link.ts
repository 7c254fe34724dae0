/** The WebSocket of a session, as the session uses it. */
import type { WireMessage } from '../../protocol/frames.js';
import type { VoiceGatewayVersion } from '../../protocol/opcodes.js';
import type { RefusedStage } from '../faults/stages.js';

/** What can be done with a client's WebSocket. */
export interface ControlLink {
  readonly version: VoiceGatewayVersion;
  /** Does nothing after the socket is closed. */
  send(message: WireMessage): void;
  /** Whether a fault ends the connection here. */
  refusedAt(stage: RefusedStage): boolean;
  close(code: number, reason: string): void;
  /** Breaks the connection without a close frame: the other side sees 1006. */
  drop(): void;
}
