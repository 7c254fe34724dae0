/** Who is in which channel of a server, and who speaks: made of what the server tells. */
import { isSilenceFrame, type Snowflake } from '../../index.js';
import type { ServerEvent, ServerPacket } from '../../server/index.js';

export interface MemberEntry {
  readonly userId: Snowflake;
  /** Whether its voice connection stands; a member may be in the channel without one. */
  readonly connected: boolean;
  readonly speaking: boolean;
  /** Packets of sound that came from it, those of silence not counted. */
  readonly packets: number;
}

export interface ChannelEntry {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  /** In the order in which they came. */
  readonly members: readonly MemberEntry[];
}

/** Somebody began to speak, or has ceased to. */
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
  /** When the last packet of sound came; undefined while it is silent. */
  heard: number | undefined;
}

/** Five frames of silence follow what is said; who has sent nothing for so long has ceased, too. In ms. */
const CEASED_MS = 250;

export class CallBook {
  readonly #members = new Map<string, Member>();

  /** Takes what the server tells of memberships and connections. */
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

  /** Takes a packet. Gives what changes by it. */
  packet({ guildId, channelId, userId, payload, arrival }: ServerPacket): SpeakingChange | undefined {
    const member = this.#members.get(`${guildId} ${userId}`);
    if (member === undefined) return undefined;
    const before = member.heard !== undefined;
    const sound = payload.length > 0 && !isSilenceFrame(payload);
    member.heard = sound ? arrival : undefined;
    if (sound) member.packets += 1;
    return before === sound ? undefined : { type: 'speaking', guildId, channelId, userId, speaking: sound };
  }

  /** Who has ceased without a frame of silence. @param now ms of the server */
  quiet(now: number): SpeakingChange[] {
    return [...this.#members.values()]
      .filter(({ heard }) => heard !== undefined && now - heard > CEASED_MS)
      .map((member) => {
        member.heard = undefined;
        const { guildId, channelId, userId } = member;
        return { type: 'speaking', guildId, channelId, userId, speaking: false };
      });
  }

  /** The channels in which somebody is, by the order in which their first member came. */
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
