/** Where the bot is to be, and how; and what of that op 4 has said. */
import { Subscription, type SchedulerLike } from 'rxjs';
import type { Snowflake } from '../types.js';
import type { ChannelMemory } from './channel-memory.js';
import { CommandPace } from './command-pace.js';

/** What one op 4 says. */
export interface VoiceStateWish {
  readonly channelId: Snowflake;
  readonly mute: boolean;
  readonly deaf: boolean;
}

/**
 * Says what is wanted once it is all known, at once and once. What changes within the same tick is gathered, and so is, when op 4 was
 * sent often, what changes until it may be sent again: the last word counts.
 *
 * ```
 * mute      a--a--b------(baba)---------      (…) in one tick
 * op 4      a-----b------(b  a)---------      only what is new; the first of a tick at once, and the last
 * ```
 */
export class DesiredState {
  readonly #scheduler: SchedulerLike;
  readonly #memory: ChannelMemory;
  readonly #send: (wish: VoiceStateWish, moves: boolean) => boolean;
  readonly #pace = new CommandPace();
  #wanted: Partial<VoiceStateWish> = {};
  /** What Discord has been told, as far as we know. */
  #said: VoiceStateWish | undefined;
  /** Runs after an op 4, until the next one may be sent. */
  #pause = Subscription.EMPTY;

  /** @param send sends op 4, and says whether it could; it is told whether the channel is another one than before */
  constructor(scheduler: SchedulerLike, memory: ChannelMemory, send: (wish: VoiceStateWish, moves: boolean) => boolean) {
    this.#scheduler = scheduler;
    this.#memory = memory;
    this.#send = send;
  }

  get channelId(): Snowflake | undefined {
    return this.#wanted.channelId;
  }

  want(change: Partial<VoiceStateWish>): void {
    this.#wanted = { ...this.#wanted, ...change };
    this.say();
  }

  /** A wish for a channel. @param joining whether it is the first of a membership */
  wantChannel(channelId: Snowflake, joining: boolean): void {
    this.want({ channelId: this.#memory.wish(channelId, joining) });
  }

  /** Says what is still to be said; while it is too soon, does so later. */
  say(): void {
    const { channelId, mute, deaf } = this.#wanted;
    const before = this.#said;
    if (!this.#pause.closed || channelId === undefined || mute === undefined || deaf === undefined) return;
    if (before?.channelId === channelId && before.mute === mute && before.deaf === deaf) return this.#memory.said();
    // All before it is sent: the answer may come, and ask for more, within the sending.
    this.#said = { channelId, mute, deaf };
    this.#pause = this.#scheduler.schedule(
      () => {
        this.stop();
        this.say();
      },
      this.#pace.sent(this.#scheduler.now()),
    );
    if (this.#send(this.#said, before?.channelId !== channelId)) return this.#memory.said();
    this.stop();
    this.#said = before;
  }

  /** Discord has forgotten what it was told. */
  repeat(): void {
    this.stop();
    this.#said = undefined;
    this.say();
  }

  /** Somebody else has put us there: where we are to be, unless a wish for another channel is still to be said. */
  placed(channelId: Snowflake): void {
    if (this.#wanted.channelId === this.#said?.channelId) this.giveIn(channelId);
    else if (this.#said !== undefined) this.#said = { ...this.#said, channelId };
  }

  /** We are there, and what was wished for has come to nothing. */
  giveIn(channelId: Snowflake): void {
    this.#wanted = { ...this.#wanted, channelId };
    if (this.#said !== undefined) this.#said = { ...this.#said, channelId };
    this.#memory.overrule(channelId);
  }

  /** Says nothing any more of its own accord. */
  stop(): void {
    this.#pause.unsubscribe();
  }
}
