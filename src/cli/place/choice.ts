/** Where a command joins, from its arguments and the environment. */
import { CommandFailed, Misuse, readOption } from '../command.js';
import { DISCORD_GATEWAY, gatewayAddress, isLocal } from '../discord/address.js';
import { tokenFault, TOKEN_VARIABLE } from '../discord/token.js';
import { snowflake } from '../values.js';

/** The options of `parseArgs` for the place. */
export const PLACE_OPTIONS = {
  guild: { type: 'string' },
  channel: { type: 'string' },
  gateway: { type: 'string' },
  embedded: { type: 'boolean', default: false },
} as const;

/** The same for `--help`. */
export const PLACE_HELP: readonly (readonly [string, string])[] = [
  ['--guild ID', 'at Discord: the server; the bot is that of DISCORD_TOKEN in the environment'],
  ['--channel ID', 'at Discord: the voice channel'],
  ['--gateway URL', "another main gateway, such as that of 'rxvoice serve'"],
  ['--embedded', 'use the embedded server even if DISCORD_TOKEN is set'],
];

/**
 * - `embedded`: a voice server in this process, for this command
 * - `gateway`: a main gateway, that of Discord or another; the token is a secret
 */
export type PlaceChoice =
  | { readonly where: 'embedded'; readonly because: 'no token' | 'asked' }
  | {
      readonly where: 'discord' | 'gateway';
      readonly url: string;
      readonly token: string;
      readonly guildId: string;
      readonly channelId: string;
    };

export interface PlaceArguments {
  readonly guild?: string | undefined;
  readonly channel?: string | undefined;
  readonly gateway?: string | undefined;
  readonly embedded?: boolean | undefined;
}

/** Sent to a gateway on this machine if there is no token; it takes any. */
const NO_TOKEN = 'rxvoice';
/** For `rxvoice serve` any id will do. */
const ANY_GUILD = '100';
const ANY_CHANNEL = '200';
const AN_ID = "an id, which Discord's developer mode copies";
const ELSEWHERE = 'without --guild and --channel it is the embedded server';

/**
 * @throws Misuse if the arguments contradict each other
 * @throws CommandFailed if the token cannot be one
 */
export function choosePlace(given: PlaceArguments, env: Readonly<Record<string, string | undefined>>): PlaceChoice {
  const { guild, channel, gateway, embedded = false } = given;
  const token = env[TOKEN_VARIABLE] || undefined;
  const ids = {
    guildId: guild === undefined ? undefined : readOption('--guild', guild, snowflake, AN_ID),
    channelId: channel === undefined ? undefined : readOption('--channel', channel, snowflake, AN_ID),
  };
  if (embedded && gateway !== undefined) throw new Misuse('either --embedded or --gateway');
  if (embedded) return { where: 'embedded', because: 'asked' };
  const nothing = [token, gateway, guild, channel].every((said) => said === undefined);
  if (nothing) return { where: 'embedded', because: 'no token' };
  if (gateway !== undefined) {
    const url = readOption('--gateway', gateway, gatewayAddress, 'wss://…, or ws://… on this machine');
    if (token === undefined && !isLocal(url)) throw new CommandFailed(`${TOKEN_VARIABLE} is not set, and ${new URL(url).host} will want a token`);
    const { guildId = ANY_GUILD, channelId = ANY_CHANNEL } = ids;
    return { where: 'gateway', url, token: checked(token ?? NO_TOKEN), guildId, channelId };
  }
  if (token === undefined) throw new CommandFailed(`to join at Discord, set ${TOKEN_VARIABLE} to the token of a bot; ${ELSEWHERE}`);
  const { guildId, channelId } = ids;
  if (guildId === undefined || channelId === undefined)
    throw new Misuse(`${TOKEN_VARIABLE} is set, so --guild and --channel must say where to join; or --embedded`);
  return { where: 'discord', url: DISCORD_GATEWAY, token: checked(token), guildId, channelId };
}

function checked(token: string): string {
  const fault = tokenFault(token);
  if (fault !== undefined) throw new CommandFailed(`${TOKEN_VARIABLE} ${fault.what}: ${fault.cure}`);
  return token;
}
