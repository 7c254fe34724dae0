/** A user as a member of a guild, in voice states. Source: Discord docs, Guild Member Object. */
import type { Snowflake } from '../../types.js';

/** `member` of VOICE_STATE_UPDATE. */
export interface GuildMemberEvent {
  readonly user: {
    readonly id: Snowflake;
    readonly username: string;
    readonly discriminator: '0';
    readonly global_name: string | null;
    readonly avatar: string | null;
    readonly bot: boolean;
  };
  readonly nick: string | null;
  readonly avatar: string | null;
  readonly roles: readonly Snowflake[];
  /** ISO 8601. */
  readonly joined_at: string;
  readonly premium_since: string | null;
  readonly deaf: boolean;
  readonly mute: boolean;
  readonly pending: boolean;
  readonly communication_disabled_until: string | null;
  readonly flags: number;
}

/** Milliseconds from 1970 to the first second of 2015, where snowflakes start. Discord docs, Reference, "Snowflakes". */
const DISCORD_EPOCH = 1_420_070_400_000n;
/** Bits below the time in a snowflake. */
const SERIAL_BITS = 22n;
/** ms; the maximum of a Date. */
const LATEST = 8_640_000_000_000_000n;

/** A member without roles, who joined when the account was created: its id contains that time. */
export function guildMember(userId: Snowflake): GuildMemberEvent {
  const created = DISCORD_EPOCH + (BigInt(userId) >> SERIAL_BITS);
  return {
    user: { id: userId, username: `user${userId}`, discriminator: '0', global_name: null, avatar: null, bot: true },
    nick: null,
    avatar: null,
    roles: [],
    joined_at: new Date(Number(created < LATEST ? created : LATEST)).toISOString(),
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    communication_disabled_until: null,
    flags: 0,
  };
}
