/** One stay in a channel, from op 4 to op 4: converts Discord's events to signals. */
import { isObservable, Observable, type Observer, type Subscriber } from 'rxjs';
import { insulated } from '../edge.js';
import { VoiceError, VoiceGatewayError, VoiceTimeoutError } from '../errors.js';
import { voiceStateCommand } from '../protocol/commands.js';
import { GatewayOp } from '../protocol/opcodes.js';
import { field, isSnowflake } from '../protocol/payloads.js';
import type { Secrets } from '../protocol/secrets.js';
import type { EndReason, Snowflake, VoiceSignal } from '../types.js';
import { checked, checkFlag, checkId } from './arguments.js';
import type { ChannelMemory } from './channel-memory.js';
import { DesiredState, type VoiceStateWish } from './desired-state.js';
import { Halves, type HalvesListener, type NamedServer, type NamedState } from './halves.js';
import { LeaveEcho } from './leaves.js';
import { likelyCause, UNSENT } from './likely-cause.js';
import type { GatewayPayload, GatewayPort } from './port.js';
import { isShardOf } from './shard.js';
import { SideNews } from './side-news.js';
import type { SignallingOptions, VoiceTarget } from './target.js';

/** Options of a membership. */
export interface MembershipOptions extends Required<SignallingOptions> {
  /** Receives tokens and session ids as they arrive. */
  readonly secrets: Secrets;
  /** Shared by all memberships that the user sees as one. */
  readonly memory: ChannelMemory;
  /** Voice states that the gateway did not send, from another source, if there is one. */
  readonly whereabouts$: Observable<GatewayPayload> | undefined;
}

/** `signalling$` without its guards: the arguments are already checked, and the bot has no other membership in the guild. */
export function membership$(gateway$: GatewayPort, target: VoiceTarget, options: MembershipOptions): Observable<VoiceSignal> {
  return new Observable((subscriber) => new Membership(gateway$, target, options, subscriber).join());
}

/** Joins, follows events, and leaves when its subscriber unsubscribes. It observes the gateway, and receives the outcome of the halves. */
class Membership implements Observer<GatewayPayload>, HalvesListener {
  readonly #gateway$: GatewayPort;
  readonly #target: VoiceTarget;
  readonly #options: MembershipOptions;
  readonly #subscriber: Subscriber<VoiceSignal>;
  readonly #desired: DesiredState;
  readonly #halves: Halves;
  readonly #echo: LeaveEcho;
  /** The session id before the gateway's last READY: events about it are stale. */
  #formerSession: string | undefined;
  /** `in` from the first op 4 on; `over` after the end, by whomever. */
  #membership: 'out' | 'in' | 'over' = 'out';
  /** The gateway did not take the last op 4. */
  #unsent = false;
  /** Whether op 4 is being passed to the port, and what to do after that. */
  #saying = false;
  readonly #afterwards: (() => void)[] = [];
  /** A voice state without a channel came after a server was reported, probably the echo of a leave. If nothing follows, it was a kick. */
  #doubtful = false;
  readonly #news: SideNews;

  constructor(gateway$: GatewayPort, target: VoiceTarget, options: MembershipOptions, subscriber: Subscriber<VoiceSignal>) {
    this.#gateway$ = gateway$;
    this.#target = target;
    this.#news = new SideNews(target);
    this.#options = options;
    this.#subscriber = subscriber;
    this.#echo = new LeaveEcho(gateway$, target);
    this.#desired = new DesiredState(options.scheduler, options.memory, (wish, moves) => this.#say(wish, moves));
    this.#halves = new Halves(options, this.#desired, this);
  }

  join(): void {
    const { selfMute = false, selfDeaf = false, channelId } = this.#target;
    // Finalizers run in this order: op 4 is sent while the gateway is still subscribed, because some ports close when it is unsubscribed.
    this.#subscriber.add(() => this.#leave());
    const listening = insulated(this.#gateway$).subscribe(this);
    this.#subscriber.add(() => this.#whenSaid(() => listening.unsubscribe()));
    this.#subscriber.add(this.#options.whereabouts$?.subscribe((payload) => this.next(payload)));
    this.#follow(checked('selfMute', selfMute, checkFlag), (mute) => this.#desired.want({ mute }));
    this.#follow(checked('selfDeaf', selfDeaf, checkFlag), (deaf) => this.#desired.want({ deaf }));
    this.#follow(checked('channelId', channelId, checkId), (id) => this.#desired.wantChannel(id, this.#membership === 'out'));
  }

  #follow<T>(value: T | Observable<T>, next: (value: T) => void): void {
    if (this.#subscriber.closed) return;
    if (!isObservable(value)) next(value);
    else this.#subscriber.add(insulated(value).subscribe({ next, error: (error: unknown) => this.#subscriber.error(error) }));
  }

  /**
   * Sends op 4. It listens for the answers before it sends. While joining, a port that cannot send is an error. Later, its shard is most likely
   * reconnecting: op 4 is sent when that is done, and until then the audio goes on.
   */
  #say({ channelId, mute, deaf }: VoiceStateWish, moves: boolean): boolean {
    if (this.#membership === 'over') return false;
    if (this.#membership === 'out') this.#echo.joined();
    this.#membership = 'in';
    this.#unsent = false;
    if (moves) this.#halves.ask();
    try {
      this.#saying = true;
      this.#gateway$.next(voiceStateCommand(this.#target.guildId, channelId, mute, deaf));
      return true;
    } catch (error) {
      this.#unsent = true;
      // A port that fails with one of our errors already has a clear message.
      if (!this.#options.memory.joined)
        this.#subscriber.error(error instanceof VoiceError ? error : new VoiceGatewayError('op 4 could not be sent', error));
      return false;
    } finally {
      this.#saying = false;
      for (const act of this.#afterwards.splice(0)) act();
    }
  }

  /**
   * Without this, a caller that leaves within the call that sends the join would have its leave sent before the join, and the bot would stay for
   * good.
   */
  #whenSaid(act: () => void): void {
    if (this.#saying) this.#afterwards.push(act);
    else act();
  }

  next(payload: GatewayPayload): void {
    const { op, t, d } = payload;
    const { guildId, userId } = this.#target;
    if (op !== GatewayOp.Dispatch || this.#membership === 'out') return;
    // After the leave too: a deleted channel or guild explains the end.
    const news = this.#news.of(payload, this.#halves.state?.channelId);
    if (news !== undefined) this.#subscriber.next(news);
    if (this.#membership === 'over') return;
    if (t === 'READY' && isShardOf(guildId, field(d, 'shard'))) return this.#onReady();
    if (t === 'RESUMED') return this.#desired.say();
    if (field(d, 'guild_id') !== guildId) return;
    if (t === 'VOICE_SERVER_UPDATE') this.#onServer(field(d, 'endpoint'), field(d, 'token'));
    else if (t === 'VOICE_STATE_UPDATE' && field(d, 'user_id') === userId)
      this.#onState(field(d, 'channel_id'), field(d, 'session_id'));
  }

  error(error: unknown): void {
    this.#subscriber.error(new VoiceGatewayError('its stream errored', error));
  }

  complete(): void {
    this.#end('gateway-closed');
  }

  /** The gateway has identified again: its old session is gone, and with it the bot's place in the channel. */
  #onReady(): void {
    this.#formerSession = this.#halves.state?.sessionId ?? this.#formerSession;
    this.#halves.forget();
    this.#desired.repeat();
  }

  #onState(channelId: unknown, sessionId: unknown): void {
    if (typeof sessionId === 'string') this.#options.secrets.add(sessionId);
    if (sessionId === this.#formerSession && sessionId !== undefined) return;
    if (channelId === null) this.#onOut(sessionId);
    else if (isSnowflake(channelId) && typeof sessionId === 'string') this.#halves.onState({ channelId, sessionId });
  }

  /** A voice state without a channel. */
  #onOut(sessionId: unknown): void {
    const echo = this.#echo.take(this.#options.scheduler.now());
    const { state, toldToken } = this.#halves;
    // The end of another membership. If it is ours after all, the WebSocket's close code will say so.
    if (state !== undefined && typeof sessionId === 'string' && sessionId !== state.sessionId) return;
    if (echo !== 'no') {
      // Earlier events belong to the previous membership. The answer to our op 4 follows.
      this.#doubtful = echo === 'perhaps' && toldToken !== undefined;
      this.#halves.forget();
      this.#halves.ask();
    } else if (state !== undefined) this.#end('kicked');
    // Otherwise the bot was never in the channel, and this is the late echo of an earlier leave.
  }

  #onServer(endpoint: unknown, token: unknown): void {
    if (typeof token === 'string') this.#options.secrets.add(token);
    if (endpoint === null) {
      this.#halves.onNoEndpoint();
      this.#subscriber.next({ endpoint: null });
    } else if (typeof endpoint === 'string' && endpoint !== '' && typeof token === 'string') this.#halves.onServer(token, endpoint);
  }

  onPair({ sessionId, channelId }: NamedState, { token, endpoint }: NamedServer): void {
    const { guildId, userId } = this.#target;
    this.#doubtful = false;
    this.#echo.told(token);
    this.#options.memory.joined = true;
    this.#subscriber.next({ guildId, userId, sessionId, channelId, token, endpoint });
  }

  /** Somebody else ended the membership, and nothing more is sent. */
  #end(ended: EndReason): void {
    this.#membership = 'over';
    this.#stop();
    this.#subscriber.next({ ended });
  }

  onUnanswered(unanswered: Snowflake): void {
    this.#subscriber.next({ unanswered });
  }

  onLate(): void {
    if (this.#doubtful) return this.#end('kicked');
    const { state, hasServer } = this.#halves;
    const cause = this.#unsent ? UNSENT : likelyCause(state !== undefined, hasServer);
    // Discord names a voice server when it finds one; it sends a voice state at once, or never.
    const lasting = state === undefined && !this.#unsent;
    this.#subscriber.error(new VoiceTimeoutError('signalling', this.#options.timeout, cause, lasting));
  }

  /** The token of the current channel is used up, and op 4 brings another one only to a bot that is in no channel: leave, and join again. */
  onSpent(): void {
    this.#echo.leftToRejoin(this.#options.scheduler.now());
    this.#sayLeave();
    this.#halves.forget();
    this.#desired.repeat();
  }

  #leave(): void {
    const token = this.#halves.namedToken;
    this.#stop();
    if (this.#membership !== 'in') return;
    this.#membership = 'over';
    this.#echo.left(this.#options.scheduler.now(), token);
    this.#whenSaid(() => this.#sayLeave());
  }

  #sayLeave(): void {
    try {
      this.#gateway$.next(voiceStateCommand(this.#target.guildId, null, false, false));
    } catch {
      // There is nobody to report to; and a gateway that cannot send has lost the membership anyway.
    }
  }

  #stop(): void {
    this.#halves.stop();
    this.#desired.stop();
  }
}
