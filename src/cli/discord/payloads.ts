/** The payloads of the main gateway, in both directions. Source: Discord docs, Gateway Events. */
import type { GatewayPayload } from '../../index.js';
import { field } from '../../protocol/payloads.js';

/** The opcodes used here, apart from 4. Source: Discord docs, Opcodes and Status Codes, "Gateway Opcodes". */
export const MainOp = {
  Dispatch: 0,
  Heartbeat: 1,
  Identify: 2,
  Resume: 6,
  Reconnect: 7,
  InvalidSession: 9,
  Hello: 10,
  HeartbeatAck: 11,
} as const;

/** GUILDS and GUILD_VOICE_STATES: without the second, op 4 is not answered. Source: Discord docs, Gateway, "List of Intents". */
export const VOICE_INTENTS = (1 << 0) | (1 << 7);

/** What is needed to resume a session of the main gateway. */
export interface Resumable {
  readonly sessionId: string;
  /** The address to resume at, from READY. */
  readonly url: string | undefined;
}

/** Undefined if the text is not a payload. */
export function readPayload(text: string): GatewayPayload | undefined {
  try {
    const payload = JSON.parse(text) as unknown;
    return typeof field(payload, 'op') === 'number' ? (payload as GatewayPayload) : undefined;
  } catch {
    return undefined;
  }
}

export function identifyText(token: string): string {
  const properties = { os: process.platform, browser: 'rxvoice', device: 'rxvoice' };
  return JSON.stringify({ op: MainOp.Identify, d: { token, intents: VOICE_INTENTS, properties } });
}

export function resumeText(token: string, { sessionId }: Resumable, sequence: number): string {
  return JSON.stringify({ op: MainOp.Resume, d: { token, session_id: sessionId, seq: sequence } });
}

export function heartbeatText(sequence: number | null): string {
  return JSON.stringify({ op: MainOp.Heartbeat, d: sequence });
}
