/** Where a command joins, as a resource: a bot that is logged in, or a server in this process. */
import { distinctUntilChanged, map, switchMap, type Observable } from 'rxjs';
import type { GatewayPort, Snowflake } from '../../index.js';
import type { LoopbackVoiceServer, MembershipIds } from '../../server/index.js';
import { CommandFailed } from '../command.js';
import { botGateway$, type BotGateway, type BotGatewayOptions } from '../discord/gateway.js';
import type { PlaceChoice } from './choice.js';
import { embeddedServer$ } from './embedded-server.js';

/** The gateway, and the user and channel to join. */
export interface Place {
  readonly choice: PlaceChoice;
  readonly gateway: GatewayPort;
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
}

export interface PlaceOptions {
  /**
   * The other member in the channel of an embedded server, there before the command: keys need two members, and a recording needs a speaker. Its
   * first value means that it is in the channel.
   */
  readonly guest: (server: LoopbackVoiceServer, ids: MembershipIds) => Observable<unknown>;
  readonly onLost?: BotGatewayOptions['onLost'];
}

const EMBEDDED = { guildId: '100', channelId: '200' };
const SELF = '1';
const GUEST = '2';

/** Emits once, and lasts until it is unsubscribed. Errors with CommandFailed if the user can fix the reason. */
export function place$(choice: PlaceChoice, { guest, onLost }: PlaceOptions): Observable<Place> {
  if (choice.where === 'embedded') {
    return embeddedServer$({ daveVersion: 1 }).pipe(
      switchMap((server) => {
        const place: Place = { choice, gateway: server.gateway(SELF), ...EMBEDDED, userId: SELF };
        return guest(server, { ...EMBEDDED, userId: GUEST }).pipe(
          map(() => place),
          distinctUntilChanged(),
        );
      }),
    );
  }
  const { url, token, guildId, channelId } = choice;
  return botGateway$({ token, url, ...(onLost === undefined ? {} : { onLost }) }).pipe(
    map((bot) => {
      checkGuild(bot, guildId);
      return { choice, gateway: bot.port, guildId, channelId, userId: bot.userId };
    }),
  );
}

/** Checked first, because Discord would not answer, and that would take ten seconds to detect. */
function checkGuild({ userId, guildIds }: BotGateway, guildId: Snowflake): void {
  if (guildIds.length === 0 || guildIds.includes(guildId)) return;
  const others = guildIds.length === 1 ? `guild ${guildIds[0]}` : `${guildIds.length} others`;
  throw new CommandFailed(`bot ${userId} is not in guild ${guildId} (it is in ${others}): invite it, with the permissions Connect and Speak`);
}
