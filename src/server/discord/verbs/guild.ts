/** A pretended guild: what it is made of, and what happens to it. */
import type { Snowflake } from '../../../types.js';
import { CHANNEL_TYPES, type ChannelKind } from '../plain/channel-types.js';
import { permissionBits, type Permission } from '../plain/permissions.js';
import { addChannel, addMember, addRole, guildCreated, removeGuild } from '../world/guild-changes.js';
import type { GuildRecord } from '../world/records.js';
import { Channel } from './channel.js';
import { GuildMember } from './guild-member.js';
import { Member } from './member.js';
import type { VerbParts } from './parts.js';
import { Role } from './role.js';

/** What a new channel is. */
export interface ChannelOptions {
  /** Default `text`. */
  readonly kind?: Exclude<ChannelKind, 'dm'>;
  /** Members at once in a voice channel; 0: no limit. Default 0. */
  readonly userLimit?: number;
  /** Default: a new one. */
  readonly id?: Snowflake;
}

/** Who a new member is. */
export interface MemberOptions {
  readonly roles?: readonly Role[];
  /** Default: a new one. */
  readonly id?: Snowflake;
}

/** Channels, members and roles by their names. The first of a name counts. */
export class Guild {
  readonly id: Snowflake;
  /** The bot, as a member. */
  readonly bot: GuildMember;
  /** The role that everybody has. */
  readonly everyone: Role;
  /** The role of the bot alone: what was granted when it was invited. */
  readonly botRole: Role;
  readonly #channels: Channel[] = [];
  readonly #members: Member[] = [];

  /** Made by `discord.guild()`. */
  constructor(
    private readonly parts: VerbParts,
    private readonly record: GuildRecord,
  ) {
    const { world } = parts;
    this.id = record.id;
    const botRole = addRole(world, record, { name: world.bot.username, permissions: 0n, managed: true });
    this.everyone = new Role(parts, record, record.roles.get(record.id)!);
    this.botRole = new Role(parts, record, botRole);
    this.bot = new GuildMember(parts, addMember(world, record, world.bot, [botRole.id]));
    addMember(world, record, world.owner);
  }

  get name(): string {
    return this.record.name;
  }

  /** @throws RangeError where there is none of that name */
  channel(name: string): Channel {
    return byName(this.#channels.filter(({ id }) => this.record.channels.has(id)), name, 'channel');
  }

  /** @throws RangeError where there is none of that name */
  member(name: string): Member {
    return byName(this.#members.filter(({ id }) => this.record.members.has(id)), name, 'member');
  }

  /** CHANNEL_CREATE. */
  addChannel(name: string, { kind = 'text', id, userLimit = 0 }: ChannelOptions = {}): Channel {
    const channel = new Channel(this.parts, addChannel(this.parts.world, this.record, { name, type: CHANNEL_TYPES[kind], userLimit }, id));
    this.#channels.push(channel);
    return channel;
  }

  /** Somebody comes into the guild: GUILD_MEMBER_ADD. */
  addMember(name: string, { roles = [], id = this.parts.world.ids.next() }: MemberOptions = {}): Member {
    const user = this.parts.world.users.get(id) ?? { id, username: name, globalName: null, bot: false };
    const member = new Member(this.parts, addMember(this.parts.world, this.record, user, roles.map((role) => role.id))); // prettier-ignore
    this.#members.push(member);
    return member;
  }

  /** GUILD_ROLE_CREATE. @throws RangeError for a permission that there is not */
  addRole(name: string, ...permissions: readonly Permission[]): Role {
    return new Role(this.parts, this.record, addRole(this.parts.world, this.record, { name, permissions: permissionBits(permissions) }));
  }

  /** GUILD_DELETE: the bot is in it no more, or it is deleted. Voice WebSockets close with 4022. */
  delete(): void {
    removeGuild(this.parts.world, this.record, false);
    this.parts.voice.guildRemoved(this.id, false);
  }

  /** An outage: GUILD_DELETE with `unavailable`, and voice WebSockets close with 4022; with `false` GUILD_CREATE. */
  unavailable(on = true): void {
    if (on === this.record.unavailable) return;
    if (!on) {
      this.record.unavailable = false;
      return guildCreated(this.parts.world, this.record);
    }
    removeGuild(this.parts.world, this.record, true);
    this.parts.voice.guildRemoved(this.id, true);
  }

  /** Another voice server for everybody in it: VOICE_SERVER_UPDATE, then 4014. @returns the new endpoint */
  changeRegion(): Promise<string> {
    return this.parts.voice.changeRegion(this.id);
  }

  /** All members leave voice. */
  leaveAll(): void {
    for (const member of this.#members) member.leave();
  }
}

function byName<T extends { readonly name: string }>(all: readonly T[], name: string, what: string): T {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`there is no ${what} '${name}'; there are ${all.map((one) => one.name).join(', ') || 'none'}`);
  return found;
}
