/** The requests of a client at login, and about itself. */
import { ApiError } from '../../plain/api-error.js';
import { applicationPayload, channelPayload, userPayload } from '../../world/guild-payloads.js';
import { basePermissionsOf } from '../../world/access.js';
import { removeGuild } from '../../world/guild-changes.js';
import { directChannel } from '../../world/talk.js';
import type { RestContext } from '../context.js';
import { openRoute, route, type Route } from '../route.js';

/** How many sessions a bot may begin within a day. */
const SESSIONS_A_DAY = 1_000;
const DAY = 86_400_000;

/** Gateway, users and applications. */
export function loginRoutes({ world, voice, settings, applicationFlags, gatewayUrl, sessionsBegun }: RestContext): readonly Route[] {
  const me = () => ({ ...userPayload(world.bot), verified: true, mfa_enabled: false, email: null, locale: 'en-US', flags: 0 });
  const application = () => ({
    ...applicationPayload(world.bot, world.owner, applicationFlags),
    approximate_guild_count: world.guilds.size,
  });
  const user = (id: string) => {
    const found = world.users.get(id);
    if (found === undefined) throw new ApiError('unknown user');
    return found;
  };
  return [
    openRoute('GET', '/gateway', () => ({ url: gatewayUrl() })),
    route('GET', '/gateway/bot', () => {
      const remaining = Math.max(0, SESSIONS_A_DAY - sessionsBegun());
      const limit = { total: SESSIONS_A_DAY, remaining, reset_after: DAY, max_concurrency: settings.maxConcurrency };
      return { url: gatewayUrl(), shards: settings.shards, session_start_limit: limit };
    }),
    route('GET', '/users/@me', me),
    route('PATCH', '/users/@me', ({ form }) => {
      world.bot.username = form.text('username') ?? world.bot.username;
      world.tell('USER_UPDATE', null, me());
      return me();
    }),
    route('GET', '/users/@me/guilds', () =>
      [...world.guilds.values()].map((guild) => {
        const { id, name, ownerId } = guild;
        return {
          id,
          name,
          icon: null,
          banner: null,
          owner: ownerId === world.bot.id,
          permissions: String(basePermissionsOf(guild, world.bot.id)),
          features: [],
        };
      }),
    ),
    route('DELETE', '/users/@me/guilds/:guild', ({ param }) => {
      const guild = world.guild(param('guild'));
      removeGuild(world, guild, false);
      voice.guildRemoved(guild.id, false);
    }),
    route('POST', '/users/@me/channels', ({ form }) => channelPayload(directChannel(world, user(form.id('recipient_id') ?? '')))),
    route('GET', '/users/:user', ({ param }) => userPayload(user(param('user')))),
    route('GET', '/applications/@me', application),
    route('GET', '/oauth2/applications/@me', application),
  ];
}
