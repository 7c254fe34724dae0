/** Permissions as bits, and the permissions in a channel. Source: Discord docs, Permissions. */
import type { Snowflake } from '../../../types.js';

/** The permissions that this server checks, and their bits. */
export const PERMISSIONS = {
  KICK_MEMBERS: 1n << 1n,
  BAN_MEMBERS: 1n << 2n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  PRIORITY_SPEAKER: 1n << 8n,
  STREAM: 1n << 9n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  CONNECT: 1n << 20n,
  SPEAK: 1n << 21n,
  MUTE_MEMBERS: 1n << 22n,
  DEAFEN_MEMBERS: 1n << 23n,
  MOVE_MEMBERS: 1n << 24n,
  USE_VAD: 1n << 25n,
  MANAGE_NICKNAMES: 1n << 27n,
  MANAGE_ROLES: 1n << 28n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  REQUEST_TO_SPEAK: 1n << 32n,
  SET_VOICE_CHANNEL_STATUS: 1n << 48n,
} as const;

/** The name of a permission, as in Discord's documentation. */
export type Permission = keyof typeof PERMISSIONS;

/** All permission bits. */
export const ALL_PERMISSIONS = (1n << 53n) - 1n;

/** The permissions of everyone in a new guild, of those named here. */
export const EVERYONE_MAY: readonly Permission[] = [
  'ADD_REACTIONS', 'STREAM', 'VIEW_CHANNEL', 'SEND_MESSAGES', 'EMBED_LINKS', 'ATTACH_FILES', 'READ_MESSAGE_HISTORY',
  'CONNECT', 'SPEAK', 'USE_VAD', 'USE_APPLICATION_COMMANDS', 'REQUEST_TO_SPEAK',
]; // prettier-ignore

/** Names as bits. @throws RangeError for an unknown name */
export function permissionBits(names: readonly Permission[]): bigint {
  return names.reduce((bits, name) => {
    const bit = (PERMISSIONS as Readonly<Record<string, bigint>>)[name];
    if (bit === undefined)
      throw new RangeError(`there is no permission '${String(name)}'; there are ${Object.keys(PERMISSIONS).join(', ')}`);
    return bits | bit;
  }, 0n);
}

/** What a channel allows and denies, for a role (type 0) or a member (type 1). */
export interface Overwrite {
  readonly id: Snowflake;
  readonly type: 0 | 1;
  readonly allow: bigint;
  readonly deny: bigint;
}

/** Whose permissions are computed: the roles held, except that of everyone, and their bits. */
export interface PermissionHolder {
  readonly userId: Snowflake;
  readonly owner: boolean;
  readonly everyone: { readonly id: Snowflake; readonly permissions: bigint };
  readonly roles: readonly { readonly id: Snowflake; readonly permissions: bigint }[];
}

/** The permissions of a holder in a guild. */
export function basePermissions({ owner, everyone, roles }: PermissionHolder): bigint {
  if (owner) return ALL_PERMISSIONS;
  const bits = roles.reduce((sum, role) => sum | role.permissions, everyone.permissions);
  return (bits & PERMISSIONS.ADMINISTRATOR) === 0n ? bits : ALL_PERMISSIONS;
}

/** The permissions in a channel. The overwrites apply in this order: of everyone, of all roles together, of the member. */
export function channelPermissions(holder: PermissionHolder, overwrites: readonly Overwrite[]): bigint {
  let bits = basePermissions(holder);
  if (bits === ALL_PERMISSIONS) return bits;
  const roleIds = new Set(holder.roles.map(({ id }) => id));
  const steps = [
    overwrites.filter(({ id, type }) => type === 0 && id === holder.everyone.id),
    overwrites.filter(({ id, type }) => type === 0 && roleIds.has(id)),
    overwrites.filter(({ id, type }) => type === 1 && id === holder.userId),
  ];
  for (const step of steps) {
    for (const { deny } of step) bits &= ~deny;
    for (const { allow } of step) bits |= allow;
  }
  // A member that cannot see a channel has no permissions in it.
  return (bits & PERMISSIONS.VIEW_CHANNEL) === 0n ? 0n : bits;
}
