/** A member of a simulated guild, or the bot, and what moderators can do to it. */
import type { VoiceStateEvent } from '../../gateway/payloads.js';
import type { Snowflake } from '../../../types.js';
import { editMember, removeMember } from '../world/guild-changes.js';
import type { MemberRecord } from '../world/records.js';
import type { GuildMember } from './handles.js';
import type { VerbParts } from './parts.js';

/** A view of its record. */
export class GuildMemberHandle implements GuildMember {
  readonly id: Snowflake;
  readonly isMember = true;

  constructor(
    protected readonly parts: VerbParts,
    protected readonly record: MemberRecord,
  ) {
    this.id = record.user.id;
  }

  get name(): string {
    return this.record.user.username;
  }

  get voiceState(): VoiceStateEvent | undefined {
    return this.parts.world.guilds.get(this.record.guildId)?.voiceStates.get(this.id);
  }

  move(channel: { readonly id: Snowflake }): void {
    this.parts.voice.move(this.record.guildId, this.id, channel.id);
  }

  kick(): void {
    this.parts.voice.disconnect(this.record.guildId, this.id);
  }

  mute(on = true): void {
    editMember(this.parts.world, this.record, { mute: on });
    this.parts.voice.silence(this.record.guildId, this.id, { mute: on });
  }

  deafen(on = true): void {
    editMember(this.parts.world, this.record, { deaf: on });
    this.parts.voice.silence(this.record.guildId, this.id, { deaf: on });
  }

  suppress(on = true): void {
    this.parts.voice.suppress(this.record.guildId, this.id, on);
  }

  give(role: { readonly id: Snowflake }): void {
    editMember(this.parts.world, this.record, { roles: [...new Set([...this.record.roles, role.id])] });
  }

  take(role: { readonly id: Snowflake }): void {
    editMember(this.parts.world, this.record, { roles: this.record.roles.filter((id) => id !== role.id) });
  }

  remove(): void {
    const { world, voice } = this.parts;
    removeMember(world, world.guild(this.record.guildId), this.record);
    voice.disconnect(this.record.guildId, this.id);
  }
}
