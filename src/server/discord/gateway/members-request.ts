/** Request Guild Members: answered in chunks. Source: Discord docs, Gateway Events. */
import { field } from '../../../protocol/payloads.js';
import { INTENTS } from '../plain/intents.js';
import { memberPayload } from '../world/guild-payloads.js';
import type { GuildRecord, MemberRecord } from '../world/records.js';
import type { ShardSocket } from './context.js';

/** The maximum number of members in one chunk. */
const CHUNK = 1_000;

/** Opcode 8. A request for an unknown guild is not answered. */
export function onMembersRequest(connection: ShardSocket, d: unknown): void {
  const session = connection.session!;
  const asked = field(d, 'guild_id');
  const guild = connection.context.world.guilds.get(String(Array.isArray(asked) ? asked[0] : asked));
  if (guild === undefined) return;
  const ids = field(d, 'user_ids');
  // The whole list requires the intent.
  if (ids === undefined && field(d, 'query') === '' && (session.intents & INTENTS.GUILD_MEMBERS) === 0)
    return connection.refuse('disallowed intents');
  const found = ids === undefined ? byName(guild, String(field(d, 'query') ?? ''), Number(field(d, 'limit') ?? 0)) : byId(guild, ids);
  const nonce = field(d, 'nonce');
  const chunks = Math.max(1, Math.ceil(found.members.length / CHUNK));
  for (let index = 0; index < chunks; index++) {
    const members = found.members.slice(index * CHUNK, (index + 1) * CHUNK).map(memberPayload);
    const place = { guild_id: guild.id, chunk_index: index, chunk_count: chunks, not_found: found.missing };
    session.dispatch('GUILD_MEMBERS_CHUNK', { ...place, members, ...(nonce === undefined ? {} : { nonce }) });
  }
}

interface Found {
  readonly members: readonly MemberRecord[];
  readonly missing: readonly string[];
}

function byId(guild: GuildRecord, asked: unknown): Found {
  const ids = (Array.isArray(asked) ? asked : [asked]).map(String);
  const members = ids.flatMap((id) => guild.members.get(id) ?? []);
  return { members, missing: ids.filter((id) => !guild.members.has(id)) };
}

function byName(guild: GuildRecord, query: string, limit: number): Found {
  const named = [...guild.members.values()].filter(({ user, nick }) =>
    [user.username, nick ?? ''].some((name) => name.toLowerCase().startsWith(query.toLowerCase())),
  );
  return { members: limit > 0 ? named.slice(0, limit) : named, missing: [] };
}
