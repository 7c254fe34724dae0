/** Connects the world and its voice server: passes op 4 in, voice states and servers out, and the actions of moderators on voice. */
import type { Subscription } from 'rxjs';
import type { VoiceStateEvent, VoiceStateRequest } from '../../gateway/payloads.js';
import type { LoopbackVoiceServer } from '../../server.js';
import { isShardOf } from '../../../gateway/shard.js';
import { voiceStateCommand } from '../../../protocol/commands.js';
import type { Snowflake } from '../../../types.js';
import { isVoiceType } from '../plain/channel-types.js';
import type { EventLog, Shard } from '../plain/events.js';
import { whyNot } from '../world/access.js';
import { memberPayload } from '../world/guild-payloads.js';
import type { World } from '../world/world.js';

/** The only place where voice states are written into the world. */
export class VoiceBridge {
  readonly #told: Subscription;

  constructor(
    private readonly world: World,
    readonly server: LoopbackVoiceServer,
    private readonly events: EventLog,
  ) {
    this.#told = server.gateway(world.bot.id).subscribe(({ t, d }) => {
      if (t === 'VOICE_STATE_UPDATE') this.#state(d as VoiceStateEvent);
      // The world dispatches events of channels and guilds itself; READY comes from the bot gateway.
      if (t === 'VOICE_SERVER_UPDATE') this.world.tell(t, (d as { readonly guild_id: Snowflake }).guild_id, d as object);
    });
  }

  /** Op 4 of the bot. If it may not join, there is no answer, as at Discord. */
  command(request: VoiceStateRequest): void {
    const { guildId, channelId, selfMute, selfDeaf } = request;
    const why = channelId === null ? undefined : this.whyUnanswered(this.world.bot.id, guildId, channelId);
    if (why !== undefined && channelId !== null) return this.events.emit({ type: 'unanswered', guildId, channelId, why });
    this.server.gateway(this.world.bot.id).next(voiceStateCommand(guildId, channelId, selfMute, selfDeaf));
  }

  /** Why a user does not get into a voice channel; undefined if the user does. */
  whyUnanswered(userId: Snowflake, guildId: Snowflake, channelId: Snowflake): string | undefined {
    const guild = this.world.guilds.get(guildId);
    const member = guild?.members.get(userId);
    const channel = guild?.channels.get(channelId);
    if (guild === undefined || guild.unavailable || member === undefined) return 'is in no such guild';
    if (channel === undefined || !isVoiceType(channel.type)) return 'finds no such voice channel in the guild';
    return guild.voiceStates.get(userId)?.channel_id === channelId ? undefined : whyNot(guild, member, channel);
  }

  move(guildId: Snowflake, userId: Snowflake, channelId: Snowflake): void {
    this.server.faults.move(userId, channelId, guildId);
  }

  /** Removes from voice, but not from the guild. */
  disconnect(guildId: Snowflake, userId: Snowflake): void {
    this.server.faults.kick(userId, guildId);
  }

  /** A moderator mutes or deafens. */
  silence(guildId: Snowflake, userId: Snowflake, { mute, deaf }: { readonly mute?: boolean; readonly deaf?: boolean }): void {
    if (mute !== undefined) this.server.faults.mute(userId, mute, guildId);
    if (deaf !== undefined) this.server.faults.deafen(userId, deaf, guildId);
  }

  suppress(guildId: Snowflake, userId: Snowflake, on: boolean): void {
    this.server.faults.suppress(userId, on, guildId);
  }

  /** Removes everybody from a deleted channel. */
  channelRemoved(guildId: Snowflake, channelId: Snowflake): void {
    this.server.faults.deleteChannel(guildId, channelId);
  }

  /** Removes everybody from the voice of a guild that is deleted, or unavailable. */
  guildRemoved(guildId: Snowflake, unavailable: boolean): void {
    this.server.faults.deleteGuild(guildId, { unavailable });
  }

  /** Moves the guild's voice to another endpoint. @throws the error of node if no port is available */
  changeRegion(guildId: Snowflake): Promise<string> {
    return this.server.faults.changeRegion(guildId);
  }

  /** A shard has a new session, so the bot's voice in its guilds gets a new session id. */
  sessionRenewed(shard: Shard): void {
    if (this.#botGuilds(shard).length > 0) this.server.faults.reidentifyGateway(this.world.bot.id, { shard });
  }

  /** A shard's session has ended: the bot leaves the voice of its guilds. */
  sessionEnded(shard: Shard): void {
    for (const guildId of this.#botGuilds(shard))
      this.server.gateway(this.world.bot.id).next(voiceStateCommand(guildId, null, false, false));
  }

  close(): Promise<void> {
    this.#told.unsubscribe();
    return this.server.close();
  }

  #botGuilds(shard: Shard): readonly Snowflake[] {
    return [...this.world.guilds.values()]
      .filter(({ id, voiceStates }) => isShardOf(id, shard) && voiceStates.has(this.world.bot.id))
      .map(({ id }) => id);
  }

  #state(told: VoiceStateEvent): void {
    const guild = this.world.guilds.get(told.guild_id);
    if (guild === undefined) return;
    const member = guild.members.get(told.user_id);
    const state: VoiceStateEvent = member === undefined ? told : { ...told, member: memberPayload(member) };
    if (told.channel_id === null) guild.voiceStates.delete(told.user_id);
    else guild.voiceStates.set(told.user_id, state);
    this.world.tell('VOICE_STATE_UPDATE', guild.id, state, told.user_id);
  }
}
