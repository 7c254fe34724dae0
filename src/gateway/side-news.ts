/** Bot gateway events other than voice servers and leaves: the end of a channel or a guild, stages, and where other users are. */
import { field } from '../protocol/payloads.js';
import type { Snowflake, VoiceSignal } from '../types.js';
import { readMemberVoiceState } from './member-voice-state.js';
import type { GatewayPayload } from './port.js';

/** For one membership: what was reported is not reported again. */
export class SideNews {
  readonly #guildId: Snowflake;
  readonly #userId: Snowflake;
  #suppressed = false;
  /** Whether the guild is gone, for a while or for good. */
  #lost = false;

  constructor({ guildId, userId }: { readonly guildId: Snowflake; readonly userId: Snowflake }) {
    this.#guildId = guildId;
    this.#userId = userId;
  }

  /** The signal that a dispatch leads to; undefined for none. @param channelId where the bot is */
  of({ t, d }: GatewayPayload, channelId: Snowflake | undefined): VoiceSignal | undefined {
    switch (t) {
      case 'GUILD_DELETE':
        // The bot was removed from the guild, or the guild is unavailable: the call ends, and not only the bot's part in it.
        return field(d, 'id') === this.#guildId ? this.#guildGone(true) : undefined;
      case 'GUILD_CREATE':
        // After an outage; otherwise it comes before the bot is in any channel.
        return this.#lost && field(d, 'id') === this.#guildId ? this.#guildGone(false) : undefined;
      case 'CHANNEL_DELETE':
        return channelId !== undefined && field(d, 'id') === channelId ? { gone: 'channel' } : undefined;
      case 'VOICE_STATE_UPDATE':
        return field(d, 'guild_id') === this.#guildId ? this.#voiceState(d) : undefined;
      default:
        return undefined;
    }
  }

  #guildGone(lost: boolean): VoiceSignal {
    this.#lost = lost;
    return { gone: lost ? 'guild' : null };
  }

  #voiceState(d: unknown): VoiceSignal | undefined {
    if (field(d, 'user_id') !== this.#userId) {
      const voiceState = readMemberVoiceState(d);
      return voiceState && { voiceState };
    }
    const suppressed = field(d, 'suppress') === true;
    if (suppressed === this.#suppressed) return undefined;
    this.#suppressed = suppressed;
    return { suppressed };
  }
}
