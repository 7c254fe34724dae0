/** Faults of the bot gateway. */
import type { GatewayContext } from './context.js';
import { INVALID_SESSION } from './resume.js';
import type { ShardSession } from './shard-session.js';

/** Faults of the bot gateway. Each affects one shard by its number, or all. */
export interface GatewayFaults {
  /** Opcode 7: tells the client to reconnect, and resume. */
  reconnect(shard?: number): void;
  /** Opcode 9: the session is invalid. With `resumable` (default false) it can still be resumed; otherwise the client identifies again. */
  invalidate(options?: { readonly shard?: number; readonly resumable?: boolean }): void;
  /** Closes the WebSocket with a code. The session can be resumed, unless clients do not reconnect after that code. */
  closeSocket(code: number, shard?: number): void;
  /** Breaks the WebSocket without a close frame: the client sees 1006, and resumes. */
  dropSocket(shard?: number): void;
  /** The session is forgotten, as after a long absence: the next Resume is answered by opcode 9, and the bot has to identify again. */
  forgetSession(shard?: number): void;
  /** No heartbeat is acknowledged while on. */
  ignoreHeartbeats(on: boolean): void;
}

/** Opcode 7. */
const RECONNECT = 7;

/** The faults act on the current sessions. */
export function createGatewayFaults({ sessions, connections, faults }: GatewayContext): GatewayFaults {
  const linkOf = (session: ShardSession) => [...connections].find((link) => link === session.link);
  return {
    reconnect: (shard) => {
      for (const session of sessions.of(shard)) linkOf(session)?.sendOp(RECONNECT, null);
    },
    invalidate: ({ shard, resumable = false } = {}) => {
      for (const session of sessions.of(shard)) {
        const link = linkOf(session);
        link?.sendOp(INVALID_SESSION, resumable);
        if (resumable) continue;
        if (link !== undefined) link.session = undefined;
        sessions.invalidate(session);
      }
    },
    closeSocket: (code, shard) => {
      for (const session of sessions.of(shard)) linkOf(session)?.close(code, 'closed by a fault');
    },
    dropSocket: (shard) => {
      for (const session of sessions.of(shard)) linkOf(session)?.drop();
    },
    forgetSession: (shard) => {
      for (const session of sessions.of(shard)) sessions.forget(session);
    },
    ignoreHeartbeats: (on) => {
      faults.heartbeatsIgnored = on;
    },
  };
}
