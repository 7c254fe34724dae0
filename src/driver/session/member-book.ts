/** What is known of the members of a call, gathered from where it is told: the voice gateway, and the bot gateway's voice states. */
import type { CallMember, MemberVoiceState, Snowflake } from '../../types.js';
import { Current } from './current.js';

/** What the voice gateway tells of a client, or a part of it. */
interface ClientNews extends Partial<Pick<CallMember, 'flags' | 'platform'>> {
  readonly userId: Snowflake;
}

/** More than any call has members. */
const MOST_CLIENTS = 10_000;
const UNKNOWN: CallMember = { flags: null, platform: null, connectedAt: null, suppressed: null };

export class MemberBook {
  /** The members, with what is known of each. Each value makes the map, which does not change any more: mostly nobody asks. */
  readonly roster = new Current<() => ReadonlyMap<Snowflake, CallMember>>(() => new Map());
  #members: ReadonlySet<Snowflake> = new Set();
  /** May be told before the member is, and is forgotten with it. */
  readonly #clients = new Map<Snowflake, Omit<ClientNews, 'userId'>>();
  /** Of everybody who is in a channel of the guild: who is in another one may come. */
  readonly #voiceStates = new Map<Snowflake, MemberVoiceState>();

  /** Who is in the call of a media session: a set that goes on changing. */
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
    // Whoever is told of and never comes is not remembered for ever.
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
