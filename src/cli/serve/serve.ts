/** `rxvoice serve`: a voice server and its gateway on this machine, and what goes on there. */
import { EMPTY, ignoreElements, interval, map, merge, switchMap, takeUntil, tap, type Observable } from 'rxjs';
import type { ServerEvent } from '../../server/index.js';
import { embeddedServer$ } from '../place/embedded-server.js';
import type { Teller } from '../report.js';
import type { Stop } from '../terminal/terminal.js';
import { CallBook, type ChannelEntry, type SpeakingChange } from './call-book.js';
import { discordPlace$, type DiscordAddress, type DiscordFact } from './discord-place.js';
import { mainGateway$ } from './main-gateway.js';

/** Where it is. */
type Place = { readonly gateway: string; readonly voice: string } & Partial<DiscordAddress>;

/**
 * What is told. `listening` first; `speaking` as somebody begins and ceases; the rest is what `rxvoice/server` tells by its `events$`, but
 * for heartbeats and reports.
 */
export type ServeFact =
  | ({ readonly type: 'listening'; readonly encrypted: boolean } & Place)
  | DiscordFact
  | SpeakingChange
  | Exclude<ServerEvent, { readonly type: 'speaking' }>;

/** Shows facts; and, where it can, how things stand. */
export interface ServeTeller extends Teller<ServeFact> {
  show?(channels: readonly ChannelEntry[]): void;
}

/** How often it is looked whether somebody has ceased to speak, and how things stand is shown anew. */
const LOOK_MS = 200;
/** What every client does all the time. */
const UNTOLD: readonly ServerEvent['type'][] = ['heartbeat', 'report', 'speaking', 'opened', 'discovery'];

export interface ServeOptions {
  readonly port: number;
  /** Whether calls are end-to-end encrypted. */
  readonly encrypted: boolean;
  readonly teller: ServeTeller;
  /** A whole Discord instead of a bare main gateway, and what the member in it says. */
  readonly discord?: { readonly says: readonly string[] } | undefined;
}

/** Serves until it is stopped. Emits nothing. Errors with CommandFailed where the port is not to be had. */
export function serve$({ port, encrypted, teller, discord }: ServeOptions, stop$: Observable<Stop | 'left'>): Observable<never> {
  const listening = (place: Place): void => teller.tell({ type: 'listening', encrypted, ...place });
  const voice$ =
    discord === undefined
      ? embeddedServer$({ daveVersion: encrypted ? 1 : 0 })
      : discordPlace$({ port, encrypted, teller, onListening: listening, ...discord });
  return voice$.pipe(
    switchMap((voice) => {
      const book = new CallBook();
      const look = (): void => teller.show?.(book.channels);
      const bare$ = mainGateway$(voice, port).pipe(tap(({ url }) => listening({ gateway: url, voice: voice.endpoint })));
      const gateway$ = discord === undefined ? bare$ : EMPTY;
      const events$ = voice.events$.pipe(
        tap((event) => {
          book.event(event);
          if (isTold(event)) teller.tell(event);
        }),
      );
      const spoken$ = merge(
        voice.packets$.pipe(map((packet) => [book.packet(packet)])),
        interval(LOOK_MS).pipe(map(() => book.quiet(performance.now())), tap(look)),
      ).pipe(tap((changes) => changes.forEach((change) => change !== undefined && teller.tell(change))));
      return merge(events$, spoken$, gateway$);
    }),
    takeUntil(stop$),
    ignoreElements(),
  );
}

function isTold(event: ServerEvent): event is Exclude<ServerEvent, { readonly type: 'speaking' }> {
  return !UNTOLD.includes(event.type);
}
