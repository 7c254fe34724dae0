/** The main gateway of Discord, only as needed for a bot that does nothing but voice. It reconnects, and keeps one session if possible. */
import { defer, Observable, retry, Subject, switchMap, tap, throwError, timer, type SchedulerLike } from 'rxjs';
import { gatewayPort, steadyScheduler, type GatewayPayload, type GatewayPort, type Snowflake } from '../../index.js';
import { field, isSnowflake } from '../../protocol/payloads.js';
import { CommandFailed } from '../command.js';
import { DISCORD_GATEWAY } from './address.js';
import { gatewayCloseFacts } from './close-codes.js';
import { conversation$, type SessionMemory } from './conversation.js';
import { GatewayLost, gatewaySocket$, type GatewaySocket } from './socket.js';

/** A bot that is logged in. */
export interface BotGateway {
  readonly userId: Snowflake;
  /** The guilds of the bot. */
  readonly guildIds: readonly Snowflake[];
  readonly port: GatewayPort;
}

export interface BotGatewayOptions {
  /** A secret. */
  readonly token: string;
  /** Default Discord's. */
  readonly url?: string;
  /** Called for each lost connection, with the ms until the next try. */
  readonly onLost?: (lost: { readonly reason: string; readonly retryIn: number }) => void;
  /** Default `gatewaySocket$`. */
  readonly socket$?: (url: string) => Observable<GatewaySocket>;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** From 0 to less than 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** Tries in a row before the first login. After that there is no limit, because the voice connection lives on meanwhile. */
const FIRST_TRIES = 5;
/** After so many lost connections in a row, the session is given up, and a new one begins. */
const RESUMES = 3;
const FIRST_DELAY = 1_000;
const MAX_DELAY = 30_000;

/**
 * Logs in. Emits once, at READY. Errors with CommandFailed if another try cannot help. Unsubscribing closes the connection.
 *
 * ```
 * socket$  ~H-R---e--x  1s  ~H-r----      x lost, r resumed
 * result   ---g---------------------
 * port     -------e-----------r-----
 *
 * socket$  ~H#                            # closed with 4004: the token is invalid
 * result   --#
 * ```
 */
export function botGateway$(options: BotGatewayOptions): Observable<BotGateway> {
  const { token, url = DISCORD_GATEWAY, onLost, socket$ = gatewaySocket$, scheduler = steadyScheduler, random = Math.random } = options;
  return new Observable((subscriber) => {
    const memory: SessionMemory = { resumable: undefined, sequence: null };
    const events$ = new Subject<GatewayPayload>();
    let open: GatewaySocket | undefined;
    let letIn = false;
    const port = gatewayPort(events$, (command) => {
      if (open === undefined) throw new Error('the connection to the main gateway is lost just now');
      open.send(JSON.stringify(command));
    });

    const connection$ = defer(() => socket$(gatewayUrl(memory.resumable?.url ?? url))).pipe(
      switchMap((socket) => {
        open = socket;
        return conversation$(socket, memory, { token, scheduler, random });
      }),
      tap({ error: () => (open = undefined) }),
    );
    const again = (lost: unknown, attempt: number): Observable<unknown> => {
      if (!(lost instanceof GatewayLost)) return throwError(() => lost);
      const { action, meaning, cure } = gatewayCloseFacts(lost.closeCode);
      const reason = `${meaning}${lost.reason === '' ? '' : ` (${lost.reason})`}`;
      if (action === 'fail') return fail(`closed with ${lost.closeCode}: ${reason}. ${cure ?? ''}`);
      if (!letIn && attempt >= FIRST_TRIES)
        return fail(`cannot be reached: ${reason}. Check the network, and what stands between it and ${new URL(url).host}`);
      // The resume address from READY may no longer exist.
      if (action === 'identify' || attempt >= RESUMES) memory.resumable = undefined;
      const grown = Math.min(FIRST_DELAY * 2 ** (attempt - 1), MAX_DELAY);
      const retryIn = Math.round(grown * (1 + random()));
      onLost?.({ reason, retryIn });
      return timer(retryIn, scheduler);
    };

    return connection$.pipe(retry({ delay: again, resetOnSuccess: true })).subscribe({
      next: (payload) => {
        events$.next(payload);
        if (letIn || payload.t !== 'READY') return;
        const userId = field(field(payload.d, 'user'), 'id');
        if (!isSnowflake(userId)) return subscriber.error(new CommandFailed('the main gateway says READY without a user: it is none of Discord'));
        letIn = true;
        subscriber.next({ userId, guildIds: guildIdsOf(payload.d), port });
      },
      error: (error) => subscriber.error(error),
    });
  });
}

function fail(what: string): Observable<never> {
  return throwError(() => new CommandFailed(`the main gateway ${what}`));
}

function guildIdsOf(ready: unknown): Snowflake[] {
  const guilds = field(ready, 'guilds');
  return Array.isArray(guilds) ? guilds.map((guild) => field(guild, 'id')).filter((id) => typeof id === 'string') : [];
}

/** Adds the version and the encoding that we use. */
function gatewayUrl(base: string): string {
  const url = new URL(base);
  url.searchParams.set('v', '10');
  url.searchParams.set('encoding', 'json');
  return url.href;
}
