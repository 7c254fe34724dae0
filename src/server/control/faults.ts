/** Carries out the faults of the voice WebSocket. */
import type { Snowflake } from '../../types.js';
import type { ControlFaults } from '../faults/control.js';
import type { StrikeOptions } from '../faults/refusals.js';
import type { RefusedStage } from '../faults/stages.js';
import type { FaultState } from '../faults/state.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import { breakOff, canEndWith } from './break-off.js';
import type { ControlConnections } from './connections.js';

/** What the faults act on. */
export interface ControlFaultParts {
  readonly state: FaultState;
  readonly registry: SessionRegistry;
  readonly connections: ControlConnections;
}

/** Stages at which the client has not yet said who it is. */
const NAMELESS: ReadonlySet<string> = new Set(['socket', 'hello'] satisfies RefusedStage[]);

/** The faults of the voice WebSocket. */
export function createControlFaults({ state, registry, connections }: ControlFaultParts): ControlFaults {
  const sessionsOf = (userId: Snowflake): readonly VoiceSession[] =>
    registry.all.filter((session) => session.userId === userId);
  const closeSocket = (userId: Snowflake, code: number): void => {
    checkCode(code);
    for (const { link } of sessionsOf(userId)) if (link !== undefined) breakOff(link, code, 'a fault');
  };
  return {
    closeSocket,
    dropSocket: (userId) => closeSocket(userId, 1006),
    refuse: (stage, code, options = {}) => {
      checkName(stage, options);
      if (stage === 'socket') checkStatus(code);
      else checkCode(code);
      state.refusals.set(stage, code, options);
    },
    closeAfter: (message, code, options = {}) => {
      checkName(message, options);
      checkCode(code);
      state.afterwards.set(message, code, options);
    },
    withhold: (stage, on) => state.stages.hold(stage, on),
    ignoreHeartbeats: (on) => {
      state.heartbeatsIgnored = on;
    },
    silent: (userId, on, only) => {
      for (const kind of only === undefined ? (['control', 'media'] as const) : [only]) {
        if (on) state.silent[kind].add(userId);
        else state.silent[kind].delete(userId);
      }
      if (only === 'media') return;
      for (const connection of connections.open) if (connection.userId === userId) connection.stall(on);
    },
    forgetReplays: (userId, code = 4006) => {
      checkCode(code);
      for (const session of sessionsOf(userId)) {
        session.replay.forget();
        session.gapCode = code;
      }
    },
    rateLimit: (limit) => state.limiter.set(limit ?? undefined),
  };
}

function checkCode(code: number | null): void {
  if (code !== null && !canEndWith(code)) throw new RangeError(`no WebSocket can be closed with code ${code}`);
}

function checkStatus(status: number | null): void {
  if (status !== null && !(Number.isInteger(status) && status >= 400 && status <= 599))
    throw new RangeError(`${status} is no HTTP status of a failure`);
}

function checkName(stage: string, { userId }: StrikeOptions): void {
  if (userId !== undefined && NAMELESS.has(stage)) throw new RangeError(`at '${stage}' nobody has said yet who comes`);
}
