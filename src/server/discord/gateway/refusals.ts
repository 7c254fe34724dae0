/** The codes with which the bot gateway closes, and why. Source: Discord docs, Opcodes and Status Codes, Gateway Close Event Codes. */

/** Every refusal with its code and Discord's reason text, and with a remedy where a developer needs one. */
export const GATEWAY_REFUSALS = {
  'unknown error': [4000, 'Unknown error.'],
  'unknown opcode': [4001, 'Unknown opcode.'],
  'decode error': [4002, 'Error while decoding payload.'],
  'no etf': [4002, 'Error while decoding payload: this gateway speaks encoding=json only.'],
  'no zstd': [4002, 'Error while decoding payload: compress=zstd-stream needs a Node with zstd (22.15 or newer) here.'],
  'not authenticated': [4003, 'Not authenticated.'],
  'authentication failed': [4004, 'Authentication failed.'],
  'already authenticated': [4005, 'Already authenticated.'],
  'invalid seq': [4007, 'Invalid seq.'],
  'rate limited': [4008, 'Rate limited.'],
  'session timed out': [4009, 'Session timed out.'],
  'invalid shard': [4010, 'Invalid shard.'],
  'sharding required': [4011, 'Sharding required.'],
  'invalid version': [4012, 'Invalid API version.'],
  'invalid intents': [4013, 'Invalid intent(s).'],
  'disallowed intents': [4014, 'Disallowed intent(s).'],
} as const satisfies Readonly<Record<string, readonly [code: number, reason: string]>>;

/** The name of a refusal. */
export type GatewayRefusal = keyof typeof GATEWAY_REFUSALS;
