/** The desired channel, mute and deaf state of the bot, and the part of it that was sent by op 4. */
import { Subscription, type SchedulerLike } from 'rxjs';
import type { Snowflake } from '../types.js';
import type { ChannelMemory } from './channel-memory.js';
import { CommandPace } from './command-pace.js';

/** The contents of one op 4. */
export interface VoiceStateWish {
  readonly channelId: Snowflake;
  readonly mute: boolean;
  readonly deaf: boolean;
}

/**
 * Sends the desired state at once, as soon as all of it is known, and only what is new. Changes within the same tick are collected, and so are
 * changes while the rate limit of op 4 holds: the last value counts.
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
  /** What was sent to Discord, as far as we know. */
  #said: VoiceStateWish | undefined;
  /** Runs after an op 4, until the next one may be sent. */
  #pause = Subscription.EMPTY;

  /** @param send sends op 4, and returns whether it could; `moves` says whether the channel has changed */
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

  /** Requests a channel. @param joining whether it is the first request of a membership */
  wantChannel(channelId: Snowflake, joining: boolean): void {
    this.want({ channelId: this.#memory.wish(channelId, joining) });
  }

  /** Sends what has not been sent yet; later, if it is too soon now. */
  say(): void {
    const { channelId, mute, deaf } = this.#wanted;
    const before = this.#said;
    if (!this.#pause.closed || channelId === undefined || mute === undefined || deaf === undefined) return;
    if (before?.channelId === channelId && before.mute === mute && before.deaf === deaf) return this.#memory.said();
    // All of this before sending: the answer may arrive, and request another change, within the call.
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

  /** Discord has lost what was sent: sends it again. */
  repeat(): void {
    this.stop();
    this.#said = undefined;
    this.say();
  }

  /** Somebody else has moved the bot to this channel: it becomes the desired one, unless a request for another channel has not been sent yet. */
  placed(channelId: Snowflake): void {
    if (this.#wanted.channelId === this.#said?.channelId) this.giveIn(channelId);
    else if (this.#said !== undefined) this.#said = { ...this.#said, channelId };
  }

  /** The bot is in this channel, and the request for another one has failed. */
  giveIn(channelId: Snowflake): void {
    this.#wanted = { ...this.#wanted, channelId };
    if (this.#said !== undefined) this.#said = { ...this.#said, channelId };
    this.#memory.overrule(channelId);
  }

  /** Cancels the delayed send. */
  stop(): void {
    this.#pause.unsubscribe();
  }
}
