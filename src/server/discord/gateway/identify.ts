/** Identify: a session begins. */
import { isShardOf } from '../../../gateway/shard.js';
import { field } from '../../../protocol/payloads.js';
import { isWhole } from '../../whole-number.js';
import type { Shard } from '../plain/events.js';
import { areIntents, INTENTS } from '../plain/intents.js';
import type { ShardSocket } from './context.js';

/** The maximum number of guilds of one shard. */
const MOST_GUILDS = 2_500;
const PRIVILEGED = ['GUILD_MEMBERS', 'GUILD_PRESENCES', 'MESSAGE_CONTENT'] as const;

/** Opcode 2. */
export function onIdentify(connection: ShardSocket, d: unknown): void {
  const { sessions, settings, world } = connection.context;
  if (connection.session !== undefined) return connection.refuse('already authenticated');
  if (typeof field(d, 'token') !== 'string' || typeof field(d, 'properties') !== 'object') return connection.refuse('decode error');
  if (!isToken(field(d, 'token'), connection.context.token)) return connection.refuse('authentication failed');
  const shard = readShard(field(d, 'shard') ?? [0, 1]);
  if (shard === undefined) return connection.refuse('invalid shard');
  if ([...world.guilds.keys()].filter((id) => isShardOf(id, shard)).length > MOST_GUILDS) return connection.refuse('sharding required');
  const intents = field(d, 'intents');
  if (!areIntents(intents)) return connection.refuse('invalid intents');
  const refused = PRIVILEGED.some((name) => (intents & INTENTS[name]) !== 0 && !settings.privilegedIntents.includes(name));
  if (refused) return connection.refuse('disallowed intents');
  connection.session = sessions.begin(shard, intents, connection, connection.version);
}

/** Whether a token is the bot's, with or without the prefix `Bot `. */
export function isToken(given: unknown, token: string): boolean {
  return typeof given === 'string' && given.replace(/^Bot /, '') === token;
}

function readShard(value: unknown): Shard | undefined {
  if (!Array.isArray(value)) return undefined;
  const [id, count] = value as readonly unknown[];
  return isWhole(count, 1, 0xffff) && isWhole(id, 0, count - 1) ? [id, count] : undefined;
}
