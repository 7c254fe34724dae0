/** A simulated guild: its content, and what can be done to it. */
import type { Snowflake } from '../../../types.js';
import { CHANNEL_TYPES } from '../plain/channel-types.js';
import { permissionBits, type Permission } from '../plain/permissions.js';
import { addChannel, addMember, addRole, guildCreated, removeGuild } from '../world/guild-changes.js';
import type { GuildRecord } from '../world/records.js';
import { ChannelHandle } from './channel.js';
import { GuildMemberHandle } from './guild-member.js';
import type { Channel, ChannelOptions, Guild, GuildMember, Member, MemberOptions, Role } from './handles.js';
import { MemberHandle } from './member.js';
import type { VerbParts } from './parts.js';
import { RoleHandle } from './role.js';

/** A view of its record, with the handles that were created. */
export class GuildHandle implements Guild {
  readonly id: Snowflake;
  readonly bot: GuildMember;
  readonly everyone: Role;
  readonly botRole: Role;
  readonly #channels: ChannelHandle[] = [];
  readonly #members: MemberHandle[] = [];

  constructor(
    private readonly parts: VerbParts,
    private readonly record: GuildRecord,
  ) {
    const { world } = parts;
    this.id = record.id;
    const botRole = addRole(world, record, { name: world.bot.username, permissions: 0n, managed: true });
    this.everyone = new RoleHandle(parts, record, record.roles.get(record.id)!);
    this.botRole = new RoleHandle(parts, record, botRole);
    this.bot = new GuildMemberHandle(parts, addMember(world, record, world.bot, [botRole.id]));
    addMember(world, record, world.owner);
  }

  get name(): string {
    return this.record.name;
  }

  channel(name: string): Channel {
    return byName(
      this.#channels.filter(({ id }) => this.record.channels.has(id)),
      name,
      'channel',
    );
  }

  member(name: string): Member {
    return byName(
      this.#members.filter(({ id }) => this.record.members.has(id)),
      name,
      'member',
    );
  }

  addChannel(name: string, { kind = 'text', id, userLimit = 0 }: ChannelOptions = {}): Channel {
    const channel = new ChannelHandle(
      this.parts,
      addChannel(this.parts.world, this.record, { name, type: CHANNEL_TYPES[kind], userLimit }, id),
    );
    this.#channels.push(channel);
    return channel;
  }

  addMember(name: string, { roles = [], id = this.parts.world.ids.next() }: MemberOptions = {}): Member {
    const user = this.parts.world.users.get(id) ?? { id, username: name, globalName: null, bot: false };
    const roleIds = roles.map((role) => role.id);
    const member = new MemberHandle(this.parts, addMember(this.parts.world, this.record, user, roleIds));
    this.#members.push(member);
    return member;
  }

  addRole(name: string, ...permissions: readonly Permission[]): Role {
    return new RoleHandle(
      this.parts,
      this.record,
      addRole(this.parts.world, this.record, { name, permissions: permissionBits(permissions) }),
    );
  }

  delete(): void {
    removeGuild(this.parts.world, this.record, false);
    this.parts.voice.guildRemoved(this.id, false);
  }

  unavailable(on = true): void {
    if (on === this.record.unavailable) return;
    if (!on) {
      this.record.unavailable = false;
      return guildCreated(this.parts.world, this.record);
    }
    removeGuild(this.parts.world, this.record, true);
    this.parts.voice.guildRemoved(this.id, true);
  }

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
  if (found === undefined)
    throw new RangeError(`there is no ${what} '${name}'; there are ${all.map((one) => one.name).join(', ') || 'none'}`);
  return found;
}
