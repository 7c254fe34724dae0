/** What is known about the members of a call, collected from the voice gateway and from the bot gateway's voice states. */
import type { CallMember, MemberVoiceState, Snowflake } from '../../types.js';
import { Current } from './current.js';

/** What the voice gateway says about a client, or a part of it. */
interface ClientNews extends Partial<Pick<CallMember, 'flags' | 'platform'>> {
  readonly userId: Snowflake;
}

/** More than the members of any call. */
const MOST_CLIENTS = 10_000;
const UNKNOWN: CallMember = { flags: null, platform: null, connectedAt: null, suppressed: null };

export class MemberBook {
  /**
   * The members, with what is known about each. Each value is a function that builds the map, which is then immutable: usually nobody asks for it.
   */
  readonly roster = new Current<() => ReadonlyMap<Snowflake, CallMember>>(() => new Map());
  #members: ReadonlySet<Snowflake> = new Set();
  /** An entry may arrive before its member is announced, and is deleted when the member leaves. */
  readonly #clients = new Map<Snowflake, Omit<ClientNews, 'userId'>>();
  /** For everybody in any channel of the guild: a user in another channel may join this one. */
  readonly #voiceStates = new Map<Snowflake, MemberVoiceState>();

  /** Sets the members of a media session: a live set. */
  follow(members: ReadonlySet<Snowflake>): void {
    this.#members = members;
  }

  /** The members have changed. */
  changed(): void {
    const members = this.#members;
    this.roster.next(() => new Map([...members].map((userId) => [userId, this.#of(userId)])));
  }

  left(userId: Snowflake): void {
    this.#clients.delete(userId);
  }

  client({ userId, ...news }: ClientNews): void {
    // Bounded: a user who is announced and never joins must not be remembered for ever.
    if (this.#clients.size >= MOST_CLIENTS && !this.#clients.has(userId)) return;
    this.#clients.set(userId, { ...this.#clients.get(userId), ...news });
    if (this.#members.has(userId)) this.changed();
  }

  voiceState(state: MemberVoiceState): void {
    if (state.channelId === null) this.#voiceStates.delete(state.userId);
    else this.#voiceStates.set(state.userId, state);
    if (this.#members.has(state.userId)) this.changed();
  }

  #of(userId: Snowflake): CallMember {
    const voiceState = this.#voiceStates.get(userId);
    const told = voiceState === undefined ? undefined : { connectedAt: voiceState.connectedAt, suppressed: voiceState.suppressed };
    return { ...UNKNOWN, ...this.#clients.get(userId), ...told };
  }
}
