/** A channel of a pretended guild. */
import type { Snowflake } from '../../../types.js';
import { permissionBits, type Permission } from '../plain/permissions.js';
import { editChannel, removeChannel } from '../world/guild-changes.js';
import type { MessagePayload } from '../world/message-payloads.js';
import type { ChannelRecord } from '../world/records.js';
import { payloadOf } from '../world/talk.js';
import type { VerbParts } from './parts.js';

/** Messages that are shown at most. */
const MOST_SHOWN = 1_000;

/** What can be changed about a channel. */
export interface ChannelChange {
  readonly name?: string;
  /** 0: no limit. */
  readonly userLimit?: number;
  readonly topic?: string | null;
}

/** A role or a member: whoever permissions are for. */
export interface Permitted {
  readonly id: Snowflake;
  /** Whether it is a member; else a role. */
  readonly isMember: boolean;
}

/** What happens to a channel, in Discord's words. */
export class Channel {
  readonly id: Snowflake;

  /** Made by a guild. */
  constructor(
    private readonly parts: VerbParts,
    private readonly record: ChannelRecord,
  ) {
    this.id = record.id;
  }

  get name(): string {
    return this.record.name;
  }

  /** Everything said in it, the oldest first, without what only one user sees. */
  get messages(): readonly MessagePayload[] {
    const { world } = this.parts;
    return world.messages.page(this.id, { limit: MOST_SHOWN }).map((message) => payloadOf(world, message)).reverse(); // prettier-ignore
  }

  /** CHANNEL_UPDATE. Who is in it stays, also beyond a new limit. */
  edit(change: ChannelChange): void {
    editChannel(this.parts.world, this.record, change);
  }

  /** Allows a role or a member something here, whatever it may elsewhere. @throws RangeError for a permission that there is not */
  allow(whom: Permitted, ...permissions: readonly Permission[]): void {
    this.#overwrite(whom, permissionBits(permissions), 0n);
  }

  /** Takes something from a role or a member here. @throws RangeError for a permission that there is not */
  deny(whom: Permitted, ...permissions: readonly Permission[]): void {
    this.#overwrite(whom, 0n, permissionBits(permissions));
  }

  /** CHANNEL_DELETE; everybody in it is thrown out, and voice WebSockets close with 4022. */
  delete(): void {
    const { world, voice } = this.parts;
    const guildId = this.record.guildId!;
    removeChannel(world, world.guild(guildId), this.record);
    voice.channelRemoved(guildId, this.id);
  }

  #overwrite({ id, isMember }: Permitted, allow: bigint, deny: bigint): void {
    const former = this.record.overwrites.find((one) => one.id === id) ?? { allow: 0n, deny: 0n };
    const type = isMember ? 1 : 0;
    const merged = { id, type, allow: (former.allow | allow) & ~deny, deny: (former.deny | deny) & ~allow } as const;
    editChannel(this.parts.world, this.record, { overwrites: [...this.record.overwrites.filter((one) => one.id !== id), merged] });
  }
}
