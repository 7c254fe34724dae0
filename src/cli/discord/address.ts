/** Where Discord's main gateway is. */

/** What Discord has named for years; GET /gateway would say the same. */
export const DISCORD_GATEWAY = 'wss://gateway.discord.gg';
