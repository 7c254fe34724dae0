/** A channel of a simulated guild. */
import type { Snowflake } from '../../../types.js';
import { permissionBits, type Permission } from '../plain/permissions.js';
import { editChannel, removeChannel } from '../world/guild-changes.js';
import type { MessagePayload } from '../world/message-payloads.js';
import type { ChannelRecord } from '../world/records.js';
import { payloadOf } from '../world/talk.js';
import type { Channel, ChannelChange, Permitted } from './handles.js';
import type { VerbParts } from './parts.js';

/** The maximum number of messages that are shown. */
const MOST_SHOWN = 1_000;

/** A view of its record. */
export class ChannelHandle implements Channel {
  readonly id: Snowflake;

  constructor(
    private readonly parts: VerbParts,
    private readonly record: ChannelRecord,
  ) {
    this.id = record.id;
  }

  get name(): string {
    return this.record.name;
  }

  get messages(): readonly MessagePayload[] {
    const { world } = this.parts;
    return world.messages.page(this.id, { limit: MOST_SHOWN }).map((message) => payloadOf(world, message)).reverse(); // prettier-ignore
  }

  edit(change: ChannelChange): void {
    editChannel(this.parts.world, this.record, change);
  }

  allow(whom: Permitted, ...permissions: readonly Permission[]): void {
    this.#overwrite(whom, permissionBits(permissions), 0n);
  }

  deny(whom: Permitted, ...permissions: readonly Permission[]): void {
    this.#overwrite(whom, 0n, permissionBits(permissions));
  }

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
