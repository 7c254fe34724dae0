/** `rxvoice play`: plays a list of tracks, one after the other, and handles the keys. */
import { catchError, concat, defer, delay, EMPTY, filter, ignoreElements, merge, mergeMap, of } from 'rxjs';
import { share, shareReplay, take, takeUntil, tap, timer, type Observable } from 'rxjs';
import { desk } from '../../audio/desk/desk.js';
import type { DeskFact } from '../../audio/desk/facts.js';
import type { MediaInfo } from '../../audio/sources/probe.js';
import type { VoiceSession } from '../../index.js';
import { CommandFailed } from '../command.js';
import { alongside } from '../place/alongside.js';
import type { PlaceChoice } from '../place/choice.js';
import { listener } from '../place/guests.js';
import { join$ } from '../place/join.js';
import type { Key } from '../terminal/keys.js';
import type { PlayFact } from './facts.js';
import { LevelMeter, NO_LEVEL } from './level-meter.js';
import { Playlist, type PlaylistOptions } from './playlist.js';
import type { Track } from './tracks.js';

export interface PlayOptions extends PlaylistOptions {
  readonly place: PlaceChoice;
  /** Whether to measure the level. Default false, because that costs decoding. */
  readonly metered?: boolean;
  /** The ms between two progress reports. */
  readonly progressEvery: number;
}

/** The five frames of silence after the last one, and the same time again for a slow machine. */
const TAIL_MS = 250;
/** More than a fade-out takes. It is a limit because nothing is sent while the connection is being restored. */
const STOP_MS = 500;

/**
 * Plays until the list is over, `q` is pressed, or it is stopped; then leaves, after the silence that ends the play.
 *
 * ```
 * keys$    --------n---        ---------q
 * stop$    ------------        ----------
 * result   p-ht-g-e(tg)e|      p-ht-g--g-e|     p place, h health, t track, g progress, e ended
 * ```
 * Errors with CommandFailed if the only track cannot be played, before anything is joined.
 */
export function play$(options: PlayOptions, keys$: Observable<Key>, stop$: Observable<unknown>): Observable<PlayFact> {
  return defer(() => {
    const pressed$ = keys$.pipe(share());
    const stopped$ = merge(stop$, pressed$.pipe(filter((key) => key === 'q'))).pipe(take(1), shareReplay({ bufferSize: 1, refCount: true }));
    const played$ = probed$(options.tracks).pipe(
      takeUntil(stopped$),
      mergeMap((info) => {
        const where = { choice: options.place, guest: listener, stop$: stopped$ };
        return join$(where, (session) => perform$(session, options, info, pressed$, stopped$));
      }),
    );
    // Subscribed all the time, so that no `q` is missed.
    return played$.pipe(alongside<PlayFact>(stopped$.pipe(ignoreElements())));
  });
}

/** Probes the first track. If it cannot be played, that is an error only if it is the only track. */
function probed$([first, ...others]: readonly Track[]): Observable<MediaInfo | undefined> {
  return defer(() => first!.source.probe()).pipe(
    catchError((error: unknown) => {
      if (others.length > 0) return of(undefined);
      throw new CommandFailed(`${first!.name} cannot be played: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }),
  );
}

function perform$(
  session: VoiceSession,
  options: PlayOptions,
  first: MediaInfo | undefined,
  keys$: Observable<Key>,
  stopped$: Observable<unknown>,
): Observable<PlayFact> {
  return defer(() => {
    const mixer = desk({ whenEmpty: 'end', positionEvery: options.progressEvery });
    const meter = options.metered === true ? new LevelMeter() : undefined;
    const playlist = new Playlist(mixer, options);
    if (first !== undefined) playlist.learn(0, first);
    playlist.begin();

    const told$ = mixer.facts$.pipe(mergeMap((fact) => [...playlist.hear(fact), ...progress(fact, meter)]));
    const learnt$ = mixer.facts$.pipe(mergeMap((fact) => (fact.type === 'added' ? learn$(playlist, options.tracks, Number(fact.id)) : EMPTY)));
    const pressed$ = keys$.pipe(mergeMap((key) => playlist.press(key)));
    const stopping$ = stopped$.pipe(
      tap(() => playlist.stop()),
      ignoreElements(),
    );
    const sound$ = session.play(meter?.watch(mixer) ?? mixer).pipe(takeUntil(stopped$.pipe(delay(STOP_MS))), ignoreElements());
    const cut$ = defer(() => playlist.finish());
    const tail$ = timer(TAIL_MS).pipe(ignoreElements());
    return concat(sound$.pipe(alongside<PlayFact>(merge(told$, learnt$, pressed$, stopping$))), cut$, tail$);
  });
}

/** Probes a track that is about to be played. A stream cannot be probed while it is being read. */
function learn$(playlist: Playlist, tracks: readonly Track[], number: number): Observable<PlayFact> {
  const index = number % tracks.length;
  const { source } = tracks[index]!;
  if (!source.seekable || playlist.knows(index)) return EMPTY;
  return defer(() => source.probe()).pipe(
    mergeMap((info) => playlist.learn(index, info)),
    // The play itself reports the reason.
    catchError(() => EMPTY),
  );
}

function progress(fact: DeskFact, meter: LevelMeter | undefined): PlayFact[] {
  return fact.type === 'position' ? [{ type: 'progress', position: fact.position, heard: fact.heard, ...(meter?.level ?? NO_LEVEL) }] : [];
}
