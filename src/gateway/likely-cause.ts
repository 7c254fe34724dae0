/** The usual cause of an op 4 that was not fully answered, depending on which of the two events came. */
export function likelyCause(state: boolean, server: boolean): string {
  if (state && !server)
    return 'VOICE_SERVER_UPDATE did not come. Discord may be allocating a voice server; or the gateway port leaves this event out';
  if (server && !state)
    return 'VOICE_STATE_UPDATE did not come. The GUILD_VOICE_STATES intent (1 << 7) is missing, or userId is not the id of this bot';
  return (
    'Discord answered op 4 with neither event. The channel is full, or at its limit of video, or the bot lacks the CONNECT or ' +
    'VIEW_CHANNEL permission; ' +
    'the GUILD_VOICE_STATES intent (1 << 7) is missing; or this gateway is not the shard of this guild'
  );
}

/** The same for an op 4 that was never sent. */
export const UNSENT = 'op 4 could not be sent: the bot gateway did not take it. Is the shard of this guild connected?';
