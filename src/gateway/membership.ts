/** One stay in a channel, from op 4 to op 4: what Discord says of it, made into signals. */
import { isObservable, Subscription, timer, type Observable, type Subscriber } from 'rxjs';
import { VoiceError, VoiceGatewayError, VoiceTimeoutError } from '../errors.js';
import { voiceStateCommand } from '../protocol/commands.js';
import { GatewayOp } from '../protocol/opcodes.js';
import { field, isSnowflake } from '../protocol/payloads.js';
import type { Secrets } from '../protocol/secrets.js';
import type { EndReason, Snowflake, VoiceSignal } from '../types.js';
import type { ChannelMemory } from './channel-memory.js';
import { noteLeave, takeEcho } from './leaves.js';
import { likelyCause, UNSENT } from './likely-cause.js';
import type { GatewayPayload, GatewayPort } from './port.js';
import { isShardOf } from './shard.js';
import { SideNews } from './side-news.js';
import type { SignallingOptions, VoiceTarget } from './target.js';

/** What a membership works with. */
interface MembershipOptions extends Required<SignallingOptions> {
  /** Is told of tokens and session ids, as they come. */
  readonly secrets: Secrets;
  readonly memory: ChannelMemory;
  /** Voice states that the gateway has kept to itself. */
  readonly whereabouts$: Observable<GatewayPayload>;
}

/** What op 4 says, once all of it is known. */
interface Wanted {
  readonly channelId?: Snowflake;
  readonly mute?: boolean;
  readonly deaf?: boolean;
}

/** What VOICE_SERVER_UPDATE says. */
interface NamedServer {
  readonly token: string;
  readonly endpoint: string;
  /**
   * Whether a voice state has come to it. One that comes alone is a fail-over, or the first half of a move whose voice state is
   * still to come.
   */
  paired: boolean;
}

/** Joins, follows what happens, and leaves with its subscriber. */
export class Membership {
  readonly #gateway$: GatewayPort;
  readonly #target: VoiceTarget;
  readonly #options: MembershipOptions;
  readonly #subscriber: Subscriber<VoiceSignal>;
  #wanted: Wanted = {};
  #state: { readonly sessionId: string; readonly channelId: Snowflake } | undefined;
  #server: NamedServer | undefined;
  /** The server before the move that is under way: where the bot still is if nobody answers. */
  #kept: NamedServer | undefined;
  /** The session of the gateway's before: what is said of it is stale. */
  #formerSession: string | undefined;
  /** `in` from the first op 4 on; `over` when somebody else ended it. */
  #membership: 'out' | 'in' | 'over' = 'out';
  /** The gateway did not take the last op 4. */
  #unsent = false;
  readonly #news: SideNews;
  /** Until when the echo of a leave just before may come. */
  #echoUntil = -Infinity;
  /** Runs while an answer of Discord is due. */
  #deadline = Subscription.EMPTY;
  /** Runs while the server of a move by somebody else is due. */
  #patience = Subscription.EMPTY;

  constructor(gateway$: GatewayPort, target: VoiceTarget, options: MembershipOptions, subscriber: Subscriber<VoiceSignal>) {
    this.#gateway$ = gateway$;
    this.#target = target;
    this.#news = new SideNews(target);
    this.#options = options;
    this.#subscriber = subscriber;
  }

  join(): void {
    const { selfMute = false, selfDeaf = false, channelId } = this.#target;
    // Finalizers run in this order: op 4 goes out while the gateway is still subscribed, since some ports close with that.
    this.#subscriber.add(() => this.#settle());
    this.#subscriber.add(() => this.#leave());
    this.#subscriber.add(
      this.#gateway$.subscribe({
        next: (payload) => this.#onPayload(payload),
        error: (error: unknown) => this.#subscriber.error(new VoiceGatewayError('its stream errored', error)),
        complete: () => this.#end('gateway-closed'),
      }),
    );
    this.#subscriber.add(this.#options.whereabouts$.subscribe((payload) => this.#onPayload(payload)));
    this.#follow(selfMute, (mute) => this.#want({ mute }));
    this.#follow(selfDeaf, (deaf) => this.#want({ deaf }));
    this.#follow(channelId, (id) => this.#want({ channelId: this.#options.memory.wish(id, this.#membership === 'out') }));
  }

  #follow<T>(value: T | Observable<T>, next: (value: T) => void): void {
    if (this.#subscriber.closed) return;
    if (!isObservable(value)) next(value);
    else this.#subscriber.add(value.subscribe({ next, error: (error: unknown) => this.#subscriber.error(error) }));
  }

  #want(change: Wanted): void {
    this.#wanted = { ...this.#wanted, ...change };
    const { channelId, mute, deaf } = this.#wanted;
    if (this.#membership === 'over' || channelId === undefined || mute === undefined || deaf === undefined) return;
    const moves = change.channelId !== undefined && change.channelId !== this.#state?.channelId;
    const answered = this.#membership === 'out' || moves;
    if (this.#membership === 'out') this.#echoUntil = takeEcho(this.#gateway$, this.#target.guildId);
    this.#membership = 'in';
    if (answered) {
      // The token of the channel that we leave is worth nothing once we have left it.
      if (this.#deadline.closed) this.#kept = this.#server;
      this.#server = undefined;
    }
    this.#sendWanted();
    if (answered) this.#expectAnswer();
  }

  #onPayload(payload: GatewayPayload): void {
    const { op, t, d } = payload;
    const { guildId, userId } = this.#target;
    if (op !== GatewayOp.Dispatch || this.#membership === 'out') return;
    // After the leave too: what was deleted tells what became of us.
    const news = this.#news.of(payload, this.#state?.channelId);
    if (news !== undefined) this.#subscriber.next(news);
    if (this.#membership === 'over') return;
    if (t === 'READY' && isShardOf(guildId, field(d, 'shard'))) return this.#onReady();
    if (t === 'RESUMED' && this.#unsent) return this.#sendWanted();
    if (field(d, 'guild_id') !== guildId) return;
    if (t === 'VOICE_SERVER_UPDATE') this.#onServer(field(d, 'endpoint'), field(d, 'token'));
    else if (t === 'VOICE_STATE_UPDATE' && field(d, 'user_id') === userId)
      this.#onState(field(d, 'channel_id'), field(d, 'session_id'));
  }

  /** The gateway identified anew: what it knew of us is gone, and with it our place in the channel. */
  #onReady(): void {
    this.#formerSession = this.#state?.sessionId ?? this.#formerSession;
    this.#state = undefined;
    this.#server = undefined;
    this.#kept = undefined;
    this.#sendWanted();
    this.#expectAnswer();
  }

  #onState(channelId: unknown, sessionId: unknown): void {
    if (typeof sessionId === 'string') this.#options.secrets.add(sessionId);
    if (sessionId === this.#formerSession && sessionId !== undefined) return;
    if (channelId === null) {
      const echo = this.#options.scheduler.now() < this.#echoUntil;
      this.#echoUntil = -Infinity;
      // Before we were ever in, it is the late echo of an earlier leave, and no kick.
      if (this.#state === undefined) return;
      // The end of another membership than ours. Should it be ours after all, the WebSocket's close code will tell.
      if (typeof sessionId === 'string' && sessionId !== this.#state.sessionId) return;
      if (!echo) return this.#end('kicked');
      // So it is when we had just left: what came before it was of the membership before. The answer to our op 4 follows.
      this.#state = undefined;
      this.#server = undefined;
      this.#expectAnswer();
      return;
    }
    if (!isSnowflake(channelId) || typeof sessionId !== 'string') return;
    const before = this.#state;
    this.#state = { sessionId, channelId };
    if (this.#deadline.closed) {
      // Nothing is due from a mute or deaf change; a move by somebody else brings a new token, before or after this.
      if (before?.channelId === channelId && before.sessionId === sessionId) return;
      // Where somebody moved us is where we are to be: the next mute change must not move us back.
      this.#settleFor(channelId);
      if (this.#server?.paired !== false) {
        this.#server = undefined;
        this.#patience.unsubscribe();
        this.#patience = this.#timeout(() => this.#fail());
        return;
      }
    }
    this.#emitPair();
  }

  #onServer(endpoint: unknown, token: unknown): void {
    if (typeof token === 'string') this.#options.secrets.add(token);
    if (endpoint === null) {
      this.#server = undefined;
      // On the way in the deadline starts anew; later it is for who holds the session to say how long to wait.
      const due = !this.#deadline.closed;
      this.#subscriber.next({ endpoint: null });
      if (due) this.#expectAnswer();
      return;
    }
    if (typeof endpoint !== 'string' || endpoint === '' || typeof token !== 'string') return;
    const moved = this.#server === undefined && this.#deadline.closed;
    this.#server = { token, endpoint, paired: moved };
    if (this.#deadline.closed) this.#emit();
    else this.#emitPair();
  }

  /** The answer to our op 4 is there when both halves are, and the voice state is of the channel that was asked for. */
  #emitPair(): void {
    if (this.#server === undefined || (!this.#deadline.closed && this.#state?.channelId !== this.#wanted.channelId)) return;
    this.#server.paired = true;
    this.#emit();
  }

  #emit(): void {
    const { guildId, userId } = this.#target;
    if (this.#state === undefined || this.#server === undefined) return;
    this.#settle();
    this.#kept = undefined;
    this.#options.memory.joined = true;
    const { token, endpoint } = this.#server;
    this.#subscriber.next({ guildId, userId, ...this.#state, token, endpoint });
  }

  #end(ended: EndReason): void {
    this.#membership = 'over';
    this.#settle();
    this.#subscriber.next({ ended });
  }

  #expectAnswer(): void {
    if (this.#subscriber.closed) return;
    this.#settle();
    this.#deadline = this.#timeout(() => this.#onDeadline());
  }

  #onDeadline(): void {
    // Both came, but of another channel than we asked for: somebody else's wish was stronger.
    if (this.#state !== undefined && this.#server !== undefined) {
      this.#settleFor(this.#state.channelId);
      this.#emit();
      return;
    }
    const unanswered = this.#wanted.channelId;
    if (this.#state === undefined || this.#kept === undefined || unanswered === undefined || unanswered === this.#state.channelId)
      return this.#fail();
    // Nobody says no at Discord: a move to a channel that is full, or closed to us, is simply not answered.
    this.#server = this.#kept;
    this.#kept = undefined;
    this.#settleFor(this.#state.channelId);
    this.#subscriber.next({ unanswered });
  }

  /** Where somebody else wants us is where we are to be. */
  #settleFor(channelId: Snowflake): void {
    this.#wanted = { ...this.#wanted, channelId };
    this.#options.memory.overrule(channelId);
  }

  #fail(): void {
    const cause = this.#unsent ? UNSENT : likelyCause(this.#state !== undefined, this.#server !== undefined);
    // Discord names a voice server when it finds one; a voice state it sends at once, or never.
    const lasting = this.#state === undefined && !this.#unsent;
    this.#subscriber.error(new VoiceTimeoutError('signalling', this.#options.timeout, cause, lasting));
  }

  #timeout(act: () => void): Subscription {
    return timer(this.#options.timeout, this.#options.scheduler).subscribe(act);
  }

  /** Nothing is due. */
  #settle(): void {
    this.#deadline.unsubscribe();
    this.#patience.unsubscribe();
  }

  #leave(): void {
    if (this.#membership !== 'in') return;
    this.#membership = 'over';
    noteLeave(this.#gateway$, this.#target.guildId, this.#options.scheduler);
    try {
      this.#gateway$.next(voiceStateCommand(this.#target.guildId, null, false, false));
    } catch {
      // The subscription is gone, and with it anybody to tell; a gateway that cannot send has lost the membership anyway.
    }
  }

  /**
   * Op 4. On the way in, a port that cannot send is an error. Later, its shard is most likely connecting anew: what could not be sent is
   * sent when that is done, and until then what is on the air stays there.
   */
  #sendWanted(): void {
    const { channelId, mute, deaf } = this.#wanted;
    if (channelId === undefined || mute === undefined || deaf === undefined) return;
    try {
      this.#gateway$.next(voiceStateCommand(this.#target.guildId, channelId, mute, deaf));
      this.#unsent = false;
    } catch (error) {
      this.#unsent = true;
      if (this.#options.memory.joined) return;
      // A port that fails with one of our errors has found the words already.
      this.#subscriber.error(error instanceof VoiceError ? error : new VoiceGatewayError('op 4 could not be sent', error));
    }
  }
}
