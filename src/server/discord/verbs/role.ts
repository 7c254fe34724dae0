/** A role of a pretended guild. */
import type { Snowflake } from '../../../types.js';
import { permissionBits, type Permission } from '../plain/permissions.js';
import { editRole } from '../world/guild-changes.js';
import type { GuildRecord, RoleRecord } from '../world/records.js';
import type { Permitted } from './channel.js';
import type { VerbParts } from './parts.js';

/** What may be done by who holds it. */
export class Role implements Permitted {
  readonly id: Snowflake;
  readonly isMember = false;

  /** Made by a guild. */
  constructor(
    private readonly parts: VerbParts,
    private readonly guild: GuildRecord,
    private readonly record: RoleRecord,
  ) {
    this.id = record.id;
  }

  get name(): string {
    return this.record.name;
  }

  /** GUILD_ROLE_UPDATE: whoever holds it may this too. @throws RangeError for a permission that there is not */
  grant(...permissions: readonly Permission[]): void {
    editRole(this.parts.world, this.guild, this.record, { permissions: this.record.permissions | permissionBits(permissions) });
  }

  /** GUILD_ROLE_UPDATE: whoever holds it may this no more. @throws RangeError for a permission that there is not */
  revoke(...permissions: readonly Permission[]): void {
    editRole(this.parts.world, this.guild, this.record, { permissions: this.record.permissions & ~permissionBits(permissions) });
  }
}
