/** All routes. */
import type { RestContext } from '../context.js';
import type { Route } from '../route.js';
import { channelRoutes } from './channels.js';
import { commandRoutes } from './commands.js';
import { guildRoutes } from './guilds.js';
import { interactionRoutes } from './interactions.js';
import { loginRoutes } from './login.js';
import { messageRoutes } from './messages.js';
import { voiceRoutes } from './voice.js';

/** Their order does not matter. */
export function allRoutes(context: RestContext): readonly Route[] {
  return [loginRoutes, guildRoutes, channelRoutes, voiceRoutes, messageRoutes, commandRoutes, interactionRoutes].flatMap((routes) =>
    routes(context),
  );
}
