/** `rxvoice serve`: a voice server and its gateway on this machine, and what happens there. */
import { EMPTY, filter, from, interval, map, merge, mergeMap, of, switchMap, takeUntil, tap, type Observable } from 'rxjs';
import type { LoopbackVoiceServer, ServerEvent } from '../../server/index.js';
import { embeddedServer$ } from '../place/embedded-server.js';
import { CallBook, type ChannelEntry, type SpeakingChange } from './call-book.js';
import { discordPlace$, type DiscordAddress, type DiscordFact } from './discord-place.js';
import { mainGateway$ } from './main-gateway.js';

/** An event of the server that is reported unchanged. */
export type ToldEvent = Exclude<ServerEvent, { readonly type: 'heartbeat' | 'report' | 'speaking' | 'opened' | 'discovery' }>;

/** The addresses. */
export type Listening = {
  readonly type: 'listening';
  readonly gateway: string;
  readonly voice: string;
  readonly encrypted: boolean;
} & Partial<DiscordAddress>;

/**
 * `listening` comes first; `speaking` when a user begins or stops; `channels`, if requested, is the current state, repeatedly. The rest are events of
 * `events$` of `rxvoice/server`, without those that every client causes all the time.
 */
export type ServeFact =
  | Listening
  | DiscordFact
  | { readonly type: 'channels'; readonly channels: readonly ChannelEntry[] }
  | SpeakingChange
  | ToldEvent;

export interface ServeOptions {
  /** The port of the main gateway. */
  readonly port: number;
  /** Whether calls are end-to-end encrypted. */
  readonly encrypted: boolean;
  /** For a whole Discord instead of a bare main gateway: what its member says. */
  readonly says: readonly string[] | undefined;
  /** Whether to emit `channels`. */
  readonly watched: boolean;
}

/** How often to check whether a user has stopped speaking, and to emit `channels`. */
const LOOK_MS = 200;
const UNTOLD: readonly ServerEvent['type'][] = ['heartbeat', 'report', 'speaking', 'opened', 'discovery'];

/** Serves until it is stopped. Errors with CommandFailed if the port is not available. */
export function serve$(options: ServeOptions, stop$: Observable<unknown>): Observable<ServeFact> {
  const { says } = options;
  return (says === undefined ? bare$(options) : whole$({ ...options, says })).pipe(takeUntil(stop$));
}

/** A voice server, and a main gateway with only what is needed to join. */
function bare$(options: ServeOptions): Observable<ServeFact> {
  const { port, encrypted } = options;
  const listening$ = (voice: LoopbackVoiceServer): Observable<Listening> =>
    mainGateway$(voice, port).pipe(map(({ url }) => ({ type: 'listening', gateway: url, voice: voice.endpoint, encrypted }) as const));
  return embeddedServer$({ daveVersion: encrypted ? 1 : 0 }).pipe(switchMap((voice) => merge(goingsOn$(voice, options), listening$(voice))));
}

function whole$(options: ServeOptions & { readonly says: readonly string[] }): Observable<ServeFact> {
  const { encrypted } = options;
  return discordPlace$(options).pipe(
    switchMap(({ voice, address, facts$ }) => {
      const listening: Listening = { type: 'listening', voice: voice.endpoint, encrypted, ...address };
      return merge(of(listening), goingsOn$(voice, options), facts$);
    }),
  );
}

function goingsOn$(voice: LoopbackVoiceServer, { watched }: ServeOptions): Observable<ServeFact> {
  const book = new CallBook();
  const events$ = voice.events$.pipe(
    tap((event) => book.event(event)),
    filter((event): event is ToldEvent => !UNTOLD.includes(event.type)),
  );
  const begun$ = voice.packets$.pipe(
    map((packet) => book.packet(packet)),
    filter((change) => change !== undefined),
  );
  const look$ = interval(LOOK_MS).pipe(
    mergeMap(() => merge(from(book.quiet(performance.now())), watched ? [{ type: 'channels', channels: book.channels } as const] : EMPTY)),
  );
  return merge(events$, begun$, look$);
}
