/**
 * A table of the close codes of the main gateway: how each is handled, and what the user can do if it cannot be.
 * Source: Discord docs, Opcodes and Status Codes, "Gateway Close Event Codes".
 */

/**
 * - `resume`: a new WebSocket, opcode 6; nothing is missed
 * - `identify`: a new WebSocket, opcode 2: the session is lost
 * - `fail`: another try would end the same way
 */
export type GatewayAction = 'resume' | 'identify' | 'fail';

export interface GatewayCloseFacts {
  readonly meaning: string;
  readonly action: GatewayAction;
  /** What the user can do, if the action is `fail`. */
  readonly cure?: string;
}

const OURS = 'report this: it is a mistake of rxvoice';

export const GATEWAY_CLOSE_CODES: Readonly<Record<number, GatewayCloseFacts>> = {
  4000: { meaning: 'unknown error', action: 'resume' },
  4001: { meaning: 'unknown opcode', action: 'resume' },
  4002: { meaning: 'a payload could not be decoded', action: 'resume' },
  4003: { meaning: 'not identified', action: 'identify' },
  4004: {
    meaning: 'the token is not that of a bot, or not any more',
    action: 'fail',
    cure: 'copy it anew from the Developer Portal (Bot, Reset Token) to DISCORD_TOKEN',
  },
  4005: { meaning: 'identified twice', action: 'resume' },
  4007: { meaning: 'the sequence number was wrong', action: 'identify' },
  4008: { meaning: 'too many payloads', action: 'resume' },
  4009: { meaning: 'the session timed out', action: 'identify' },
  4010: { meaning: 'the shard is wrong', action: 'fail', cure: OURS },
  4011: {
    meaning: 'the bot is in so many guilds that it needs shards',
    action: 'fail',
    cure: 'this command has one connection: use a bot of your own for it, in fewer than 2500 guilds',
  },
  4012: { meaning: 'the version of the gateway is gone', action: 'fail', cure: 'update rxvoice' },
  4013: { meaning: 'the intents are none', action: 'fail', cure: OURS },
  4014: {
    meaning: 'the bot may not have these intents',
    action: 'fail',
    cure:
      'rxvoice asks for Guilds and Guild Voice States, which every bot may have: see in the Developer Portal whether this one is limited ' +
      'or disabled',
  },
  // Our own code: we closed the connection, and will resume.
  4900: { meaning: 'we gave it up', action: 'resume' },
};

/** An unknown code is treated as a lost connection. */
export function gatewayCloseFacts(code: number): GatewayCloseFacts {
  return GATEWAY_CLOSE_CODES[code] ?? { meaning: 'connection lost', action: 'resume' };
}
