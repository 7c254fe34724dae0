/** Who is in which channel of a server, and who speaks, from the server's events and packets. */
import { isSilenceFrame, type Snowflake } from '../../index.js';
import type { ServerEvent, ServerPacket } from '../../server/index.js';

export interface MemberEntry {
  readonly userId: Snowflake;
  /** Whether it has a voice connection; a member may be in the channel without one. */
  readonly connected: boolean;
  readonly speaking: boolean;
  /** Packets received from it, not counting silence. */
  readonly packets: number;
}

export interface ChannelEntry {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  /** In order of arrival. */
  readonly members: readonly MemberEntry[];
}

/** A user began or stopped speaking. */
export interface SpeakingChange {
  readonly type: 'speaking';
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
  readonly speaking: boolean;
}

interface Member {
  readonly guildId: Snowflake;
  channelId: Snowflake;
  readonly userId: Snowflake;
  connected: boolean;
  packets: number;
  /** When the last packet that was not silence came; undefined while it is silent. */
  heard: number | undefined;
}

/** Five frames of silence follow speech; a user who sent nothing for this long has stopped, too. In ms. */
const CEASED_MS = 250;

export class CallBook {
  readonly #members = new Map<string, Member>();

  /** Takes the server's events about memberships and connections. */
  event(event: ServerEvent): void {
    const { guildId, userId } = event;
    if (guildId === null || userId === null) return;
    const key = `${guildId} ${userId}`;
    const member = this.#members.get(key);
    switch (event.type) {
      case 'joined':
      case 'moved':
        if (member !== undefined) member.channelId = event.channelId;
        else this.#members.set(key, { guildId, channelId: event.channelId, userId, connected: false, packets: 0, heard: undefined });
        return;
      case 'left':
        this.#members.delete(key);
        return;
      case 'select':
      case 'resume':
        if (member !== undefined) member.connected = true;
        return;
      case 'session-ended':
        if (member !== undefined) member.connected = false;
    }
  }

  /** Takes a packet. Returns the change of speaking, if any. */
  packet({ guildId, channelId, userId, payload, arrival }: ServerPacket): SpeakingChange | undefined {
    const member = this.#members.get(`${guildId} ${userId}`);
    if (member === undefined) return undefined;
    const before = member.heard !== undefined;
    const sound = payload.length > 0 && !isSilenceFrame(payload);
    member.heard = sound ? arrival : undefined;
    if (sound) member.packets += 1;
    return before === sound ? undefined : { type: 'speaking', guildId, channelId, userId, speaking: sound };
  }

  /** Users who stopped without a frame of silence. @param now ms of the server */
  quiet(now: number): SpeakingChange[] {
    return [...this.#members.values()]
      .filter(({ heard }) => heard !== undefined && now - heard > CEASED_MS)
      .map((member) => {
        member.heard = undefined;
        const { guildId, channelId, userId } = member;
        return { type: 'speaking', guildId, channelId, userId, speaking: false };
      });
  }

  /** The channels with members, by the arrival of their first member. */
  get channels(): ChannelEntry[] {
    const channels = new Map<string, ChannelEntry & { members: MemberEntry[] }>();
    for (const { guildId, channelId, userId, connected, packets, heard } of this.#members.values()) {
      const key = `${guildId} ${channelId}`;
      let channel = channels.get(key);
      if (channel === undefined) channels.set(key, (channel = { guildId, channelId, members: [] }));
      channel.members.push({ userId, connected, speaking: heard !== undefined, packets });
    }
    return [...channels.values()];
  }
}
