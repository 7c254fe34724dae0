/** A simulated member: joins, speaks, hears, gives commands, presses buttons. */
import type { Observable } from 'rxjs';
import type { FrameInput } from '../../../media/send/play-options.js';
import type { Snowflake, VoicePacket } from '../../../types.js';
import type { MessagePayload } from '../world/message-payloads.js';
import { GuildMemberHandle } from './guild-member.js';
import type { Member, Suggestion } from './handles.js';
import { MemberVoice } from './member-voice.js';
import { Talker } from './talker.js';

interface Place {
  readonly id: Snowflake;
}

/** Combines the voice and the text side of a member. */
export class MemberHandle extends GuildMemberHandle implements Member {
  readonly #voice = new MemberVoice(this.parts, this.record);
  readonly #talker = new Talker(this.parts, this.record);

  join(channel: Place): Promise<void> {
    return this.#voice.join(channel.id);
  }

  leave(): void {
    this.#voice.leave();
  }

  speak(frames: FrameInput): Promise<void> {
    return this.#voice.speak(frames);
  }

  hear(who?: Place): Observable<VoicePacket> {
    return this.#voice.hear(who?.id);
  }

  say(text: string, where?: Place): Promise<MessagePayload> {
    return this.#talker.say(text, where?.id);
  }

  press(message: MessagePayload, customId: string, values?: readonly string[]): Promise<MessagePayload> {
    return this.#talker.press(message, customId, values);
  }

  suggestions(line: string, where?: Place): Promise<readonly Suggestion[]> {
    return this.#talker.suggestions(line, where?.id);
  }
}
