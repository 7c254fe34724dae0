/** A pretended member: joins, speaks, hears, gives commands, presses buttons. */
import type { Observable } from 'rxjs';
import type { FrameInput } from '../../../media/send/play-options.js';
import type { Snowflake, VoicePacket } from '../../../types.js';
import type { MessagePayload } from '../world/message-payloads.js';
import type { Channel } from './channel.js';
import { GuildMember } from './guild-member.js';
import { MemberVoice } from './member-voice.js';
import { Talker } from './talker.js';

/** A choice that a bot suggests for an option. */
export interface Suggestion {
  readonly name: string;
  readonly value: string | number;
}

/** Everything that a person with a client can do. */
export class Member extends GuildMember {
  readonly #voice = new MemberVoice(this.parts, this.record);
  readonly #talker = new Talker(this.parts, this.record);

  /**
   * Joins a voice channel with a real voice session, or moves there.
   * @throws Error where the member may not, or the channel is full: says which
   */
  join(channel: Channel): Promise<void> {
    return this.#voice.join(channel.id);
  }

  /** Leaves voice. */
  leave(): void {
    this.#voice.leave();
  }

  /** Speaks: resolves when the last of the frames, and the silence after them, is on its way. @throws Error outside of voice */
  speak(frames: FrameInput): Promise<void> {
    return this.#voice.speak(frames);
  }

  /** What this member hears, of everybody or of one. @throws Error outside of voice */
  hear(who?: { readonly id: Snowflake }): Observable<VoicePacket> {
    return this.#voice.hear(who?.id);
  }

  /**
   * Writes a message; what begins with a slash is a command, with its options as `name: value` or in their order. Resolves with the message
   * written, or with the bot's answer: after a deferred one, with what it comes to say.
   *
   * @param where default: the first text channel of the guild
   * @throws CommandLineError for a command or an option that is not registered; NoAnswerError when the bot does not answer in time
   */
  say(text: string, where?: Channel): Promise<MessagePayload> {
    return this.#talker.say(text, where?.id);
  }

  /**
   * Presses a button, or chooses from a menu. Resolves with the answer: a new message, or the one pressed on.
   * @throws NoAnswerError when the bot does not answer in time; RangeError for a component that is not there
   */
  press(message: MessagePayload, customId: string, values?: readonly string[]): Promise<MessagePayload> {
    return this.#talker.press(message, customId, values);
  }

  /** What the bot suggests for the option that a command line ends in. @throws as {@link Member.say} */
  suggestions(line: string, where?: Channel): Promise<readonly Suggestion[]> {
    return this.#talker.suggestions(line, where?.id);
  }
}
