/** The membership of a channel: subscribing joins by op 4, unsubscribing leaves. */
import { asyncScheduler, isObservable, Observable, Subscription, timer, type SchedulerLike } from 'rxjs';
import { VoiceError, VoiceGatewayError, VoiceTimeoutError } from '../errors.js';
import { voiceStateCommand } from '../protocol/commands.js';
import { GatewayOp } from '../protocol/opcodes.js';
import { field } from '../protocol/payloads.js';
import type { EndReason, Snowflake, VoiceSignal } from '../types.js';
import type { GatewayPayload, GatewayPort } from './port.js';

/** Where to be, and how. What is an Observable may change under way; the last value counts. */
export interface VoiceTarget {
  readonly guildId: Snowflake;
  /** The bot's own id. */
  readonly userId: Snowflake;
  /** An Observable moves the session from channel to channel; it is never rebuilt. */
  readonly channelId: Snowflake | Observable<Snowflake>;
  /** Default false. */
  readonly selfMute?: boolean | Observable<boolean>;
  /** Default false. */
  readonly selfDeaf?: boolean | Observable<boolean>;
}

/** Deadline and time of {@link signalling$}. */
export interface SignallingOptions {
  /** ms for Discord to answer op 4 with both events. Default 10 000. */
  readonly timeout?: number;
  /** Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Joins a channel, and emits a `VoiceServer` each time Discord has named both halves of one: the voice state (session id,
 * channel) and the voice server (token, endpoint), in whichever order. Emits `{ endpoint: null }` when the server went away and
 * another is to follow, `{ ended: 'kicked' }` when the bot was disconnected, `{ ended: 'gateway-closed' }` when the gateway's
 * stream completes. Errors with a VoiceTimeoutError('signalling') when the events do not come, with a VoiceGatewayError when the
 * gateway fails. Unsubscribing sends op 4 with a null channel, unless the bot is out already.
 *
 * ```
 * gateway   ------s---v-----------n-----v--------k     s state, v server, n null endpoint, k kicked
 * op 4      j------------------------------------      j join
 * result    ----------A-----------N-----B--------E
 * ```
 */
export function signalling$(
  gateway$: GatewayPort,
  target: VoiceTarget,
  { timeout = 10_000, scheduler = asyncScheduler }: SignallingOptions = {},
): Observable<VoiceSignal> {
  return new Observable((subscriber) => {
    const { guildId, userId } = target;
    /** What we want, once all of it is known. */
    let wanted: { channelId: Snowflake | undefined; mute: boolean | undefined; deaf: boolean | undefined } = {
      channelId: undefined,
      mute: undefined,
      deaf: undefined,
    };
    let state: { readonly sessionId: string; readonly channelId: Snowflake } | undefined;
    let server: { readonly token: string; readonly endpoint: string } | undefined;
    let joined = false;
    let deadline = Subscription.EMPTY;

    const send = (channelId: Snowflake | null): void => {
      try {
        gateway$.next(voiceStateCommand(guildId, channelId, wanted.mute ?? false, wanted.deaf ?? false));
      } catch (error) {
        // A port that fails with one of our errors has found the words already.
        subscriber.error(error instanceof VoiceError ? error : new VoiceGatewayError('op 4 could not be sent', error));
      }
    };
    const want = (change: Partial<typeof wanted>): void => {
      wanted = { ...wanted, ...change };
      if (wanted.channelId === undefined || wanted.mute === undefined || wanted.deaf === undefined) return;
      const move = !joined || (change.channelId !== undefined && change.channelId !== state?.channelId);
      joined = true;
      send(wanted.channelId);
      if (move && !subscriber.closed) expectAnswer();
    };
    const expectAnswer = (): void => {
      deadline.unsubscribe();
      deadline = timer(timeout, scheduler).subscribe(() => {
        subscriber.error(new VoiceTimeoutError('signalling', timeout, likelyCause(state !== undefined, server !== undefined)));
      });
    };
    const emit = (): void => {
      if (state === undefined || server === undefined) return;
      deadline.unsubscribe();
      subscriber.next({ guildId, userId, ...state, ...server });
    };
    const end = (ended: EndReason): void => {
      joined = false;
      deadline.unsubscribe();
      subscriber.next({ ended });
    };

    const onState = (d: unknown): void => {
      if (field(d, 'user_id') !== userId) return;
      const channelId = field(d, 'channel_id');
      const sessionId = field(d, 'session_id');
      if (channelId === null) {
        // Before we were ever in, it is the late echo of an earlier leave, and no kick.
        if (joined && state !== undefined) end('kicked');
        return;
      }
      if (typeof channelId !== 'string' || typeof sessionId !== 'string') return;
      const moved = state !== undefined && (state.channelId !== channelId || state.sessionId !== sessionId);
      state = { sessionId, channelId };
      // After a move the server we know is of the channel we left: the new one's token is still to come.
      if (moved) server = undefined;
      else if (server !== undefined && !deadline.closed) emit();
    };
    const onServer = (d: unknown): void => {
      const endpoint = field(d, 'endpoint');
      const token = field(d, 'token');
      if (endpoint === null) {
        server = undefined;
        subscriber.next({ endpoint: null });
        expectAnswer();
        return;
      }
      if (typeof endpoint !== 'string' || endpoint === '' || typeof token !== 'string') return;
      server = { token, endpoint };
      emit();
    };
    const onPayload = ({ op, t, d }: GatewayPayload): void => {
      if (op !== GatewayOp.Dispatch || field(d, 'guild_id') !== guildId || !joined) return;
      if (t === 'VOICE_STATE_UPDATE') onState(d);
      else if (t === 'VOICE_SERVER_UPDATE') onServer(d);
    };

    // Finalizers run in this order: op 4 goes out while the gateway is still subscribed, since some ports close with that.
    subscriber.add(() => deadline.unsubscribe());
    subscriber.add(() => {
      if (joined) leave();
    });
    subscriber.add(
      gateway$.subscribe({
        next: onPayload,
        error: (error: unknown) => subscriber.error(new VoiceGatewayError('its stream errored', error)),
        complete: () => end('gateway-closed'),
      }),
    );
    const fail = (error: unknown): void => subscriber.error(error);
    const follow = <T>(value: T | Observable<T>, next: (value: T) => void): void => {
      if (subscriber.closed) return;
      if (isObservable(value)) subscriber.add(value.subscribe({ next, error: fail }));
      else next(value);
    };
    follow(target.selfMute ?? false, (mute) => want({ mute }));
    follow(target.selfDeaf ?? false, (deaf) => want({ deaf }));
    follow(target.channelId, (channelId) => want({ channelId }));

    function leave(): void {
      try {
        gateway$.next(voiceStateCommand(guildId, null, false, false));
      } catch {
        // The subscription is gone, and with it anybody to tell; a gateway that cannot send has lost the membership anyway.
      }
    }
  });
}

function likelyCause(state: boolean, server: boolean): string {
  if (state && !server)
    return 'VOICE_SERVER_UPDATE did not come. Discord may be allocating a voice server; or the gateway port leaves this event out';
  if (server && !state)
    return 'VOICE_STATE_UPDATE did not come. The GUILD_VOICE_STATES intent (1 << 7) is missing, or userId is not the id of this bot';
  return (
    'Discord answered op 4 with neither event. The channel is full or the bot lacks the CONNECT or VIEW_CHANNEL permission; ' +
    'the GUILD_VOICE_STATES intent (1 << 7) is missing; or this gateway is not the shard of this guild'
  );
}
