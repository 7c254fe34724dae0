/** One bot in many guilds, which do not know each other. */
import { filter, groupBy, map, mergeMap, type Observable } from 'rxjs';
import { connectVoice$, type VoiceSession } from 'rxvoice';
import type { Ask, Discord } from './discord.ts';

/** A guild, as the bot in it sees it. */
export interface Guild {
  readonly id: string;
  /** Joins a channel of it. To join again where that can help is for who uses the session: `retry` belongs behind the use. */
  readonly join: (channelId: string) => Observable<VoiceSession>;
}

/**
 * @param command what somebody asks for, as a command of the bot; undefined for what is not possible, and has been answered
 * @param bot the bot of one guild, over its commands
 */
export function inEachGuild<T, R>(
  { asks$, gateway$, userId }: Discord,
  command: (ask: Ask) => T | undefined,
  bot: (commands$: Observable<T>, guild: Guild) => Observable<R>,
): Observable<R> {
  return asks$.pipe(
    groupBy(({ guildId }) => guildId),
    mergeMap((guildAsks$) => {
      const { key: id } = guildAsks$;
      const join = (channelId: string) => connectVoice$(gateway$, { guildId: id, channelId, userId });
      const commands$ = guildAsks$.pipe(
        map(command),
        filter((one) => one !== undefined),
      );
      return bot(commands$, { id, join });
    }),
  );
}
