/** A role of a simulated guild. */
import type { Snowflake } from '../../../types.js';
import { permissionBits, type Permission } from '../plain/permissions.js';
import { editRole } from '../world/guild-changes.js';
import type { GuildRecord, RoleRecord } from '../world/records.js';
import type { Role } from './handles.js';
import type { VerbParts } from './parts.js';

/** A view of its record. */
export class RoleHandle implements Role {
  readonly id: Snowflake;
  readonly isMember = false;

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

  grant(...permissions: readonly Permission[]): void {
    editRole(this.parts.world, this.guild, this.record, { permissions: this.record.permissions | permissionBits(permissions) });
  }

  revoke(...permissions: readonly Permission[]): void {
    editRole(this.parts.world, this.guild, this.record, { permissions: this.record.permissions & ~permissionBits(permissions) });
  }
}
