/** Guilds, their roles, and their members. */
import { ApiError } from '../../plain/api-error.js';
import { demand } from '../../world/access.js';
import { addRole, editMember, editRole, removeMember } from '../../world/guild-changes.js';
import { channelPayload, guildPayload, memberPayload, rolePayload } from '../../world/guild-payloads.js';
import type { GuildRecord, RoleRecord } from '../../world/records.js';
import type { RestContext } from '../context.js';
import { queryId, queryLimit } from '../form.js';
import { route, type Route } from '../route.js';
import { onVoiceOfMember } from './member-voice.js';

/** The maximum number of members in one answer. */
const MOST_MEMBERS = 1_000;

/** `/guilds/…`, except channels and voice. */
export function guildRoutes(context: RestContext): readonly Route[] {
  const { world, voice } = context;
  const roleOf = (guild: GuildRecord, id: string): RoleRecord => {
    const role = guild.roles.get(id);
    if (role === undefined) throw new ApiError('unknown role');
    return role;
  };
  const bits = (text: string | undefined): bigint => BigInt(/^\d+$/.test(text ?? '') ? text! : 0);
  return [
    route('GET', '/guilds/:guild', ({ param, query }) => {
      const guild = world.guild(param('guild'));
      return {
        ...guildPayload(guild),
        ...(query.get('with_counts') === 'true'
          ? { approximate_member_count: guild.members.size, approximate_presence_count: guild.members.size }
          : {}),
      };
    }),
    route('GET', '/guilds/:guild/channels', ({ param }) => [...world.guild(param('guild')).channels.values()].map(channelPayload)),
    route('GET', '/guilds/:guild/roles', ({ param }) => [...world.guild(param('guild')).roles.values()].map(rolePayload)),
    route('GET', '/guilds/:guild/roles/:role', ({ param }) => rolePayload(roleOf(world.guild(param('guild')), param('role')))),
    route('POST', '/guilds/:guild/roles', ({ param, form }) => {
      demand(world, param('guild'), ['MANAGE_ROLES']);
      const permissions = bits(form.text('permissions'));
      return rolePayload(addRole(world, world.guild(param('guild')), { name: form.text('name') ?? 'new role', permissions }));
    }),
    route('PATCH', '/guilds/:guild/roles/:role', ({ param, form }) => {
      demand(world, param('guild'), ['MANAGE_ROLES']);
      const guild = world.guild(param('guild'));
      const role = roleOf(guild, param('role'));
      const permissions = form.has('permissions') ? bits(form.text('permissions')) : role.permissions;
      editRole(world, guild, role, { name: form.text('name') ?? role.name, permissions });
      return rolePayload(role);
    }),
    route('GET', '/guilds/:guild/members', ({ param, query }) => {
      const limit = queryLimit(query, 1, MOST_MEMBERS);
      const after = BigInt(queryId(query, 'after') ?? 0);
      const members = [...world.guild(param('guild')).members.values()].sort((a, b) => (BigInt(a.user.id) < BigInt(b.user.id) ? -1 : 1));
      return members.filter(({ user }) => BigInt(user.id) > after).slice(0, limit).map(memberPayload); // prettier-ignore
    }),
    route('GET', '/guilds/:guild/members/search', ({ param, query }) => {
      const asked = (query.get('query') ?? '').toLowerCase();
      const named = [...world.guild(param('guild')).members.values()].filter(({ user, nick }) =>
        (nick ?? user.username).toLowerCase().startsWith(asked),
      );
      return named.slice(0, queryLimit(query, 1, MOST_MEMBERS)).map(memberPayload);
    }),
    route('GET', '/guilds/:guild/members/:user', ({ param }) => {
      const userId = param('user') === '@me' ? world.bot.id : param('user');
      return memberPayload(world.member(param('guild'), userId));
    }),
    route('PATCH', '/guilds/:guild/members/:user', ({ param, form }) => {
      const guildId = param('guild');
      const member = world.member(guildId, param('user') === '@me' ? world.bot.id : param('user'));
      const roles = form.list('roles')?.map(String);
      if (form.has('nick')) demand(world, guildId, ['MANAGE_NICKNAMES']);
      if (roles !== undefined) demand(world, guildId, ['MANAGE_ROLES']);
      onVoiceOfMember(context, member, form);
      if (form.has('nick') || roles !== undefined)
        editMember(world, member, { nick: form.has('nick') ? (form.text('nick') ?? null) : member.nick, roles: roles ?? member.roles });
      return memberPayload(member);
    }),
    route('DELETE', '/guilds/:guild/members/:user', ({ param }) => {
      demand(world, param('guild'), ['KICK_MEMBERS']);
      const member = world.member(param('guild'), param('user'));
      removeMember(world, world.guild(param('guild')), member);
      voice.disconnect(param('guild'), member.user.id);
    }),
  ];
}
