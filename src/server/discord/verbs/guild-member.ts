/** Somebody in a pretended guild, the bot too, and what moderators do to them. */
import type { VoiceStateEvent } from '../../gateway/payloads.js';
import type { Snowflake } from '../../../types.js';
import { editMember, removeMember } from '../world/guild-changes.js';
import type { MemberRecord } from '../world/records.js';
import type { Channel, Permitted } from './channel.js';
import type { VerbParts } from './parts.js';
import type { Role } from './role.js';

/** What can happen to a member. Whoever does it is not asked for permissions: it is somebody who may. */
export class GuildMember implements Permitted {
  readonly id: Snowflake;
  readonly isMember = true;

  /** Made by a guild. */
  constructor(
    protected readonly parts: VerbParts,
    protected readonly record: MemberRecord,
  ) {
    this.id = record.user.id;
  }

  get name(): string {
    return this.record.user.username;
  }

  /** The voice state, as VOICE_STATE_UPDATE told it last; undefined outside of voice. */
  get voiceState(): VoiceStateEvent | undefined {
    return this.parts.world.guilds.get(this.record.guildId)?.voiceStates.get(this.id);
  }

  /** To another voice channel; nothing outside of voice. */
  move(channel: Channel): void {
    this.parts.voice.move(this.record.guildId, this.id, channel.id);
  }

  /** Out of voice: 4014, or 4022 where nobody else is in the channel. The member stays in the guild. */
  kick(): void {
    this.parts.voice.disconnect(this.record.guildId, this.id);
  }

  /** Mutes for everybody, in the whole guild. */
  mute(on = true): void {
    editMember(this.parts.world, this.record, { mute: on });
    this.parts.voice.silence(this.record.guildId, this.id, { mute: on });
  }

  /** Deafens, in the whole guild. */
  deafen(on = true): void {
    editMember(this.parts.world, this.record, { deaf: on });
    this.parts.voice.silence(this.record.guildId, this.id, { deaf: on });
  }

  /** In a stage: into the audience, or with `false` to the speakers. Elsewhere nothing. */
  suppress(on = true): void {
    this.parts.voice.suppress(this.record.guildId, this.id, on);
  }

  /** Gives a role. */
  give(role: Role): void {
    editMember(this.parts.world, this.record, { roles: [...new Set([...this.record.roles, role.id])] });
  }

  /** Takes a role. */
  take(role: Role): void {
    editMember(this.parts.world, this.record, { roles: this.record.roles.filter((id) => id !== role.id) });
  }

  /** Out of the guild, and out of its voice. */
  remove(): void {
    const { world, voice } = this.parts;
    removeMember(world, world.guild(this.record.guildId), this.record);
    voice.disconnect(this.record.guildId, this.id);
  }
}
