/** One stay in a channel: from the first song until the bot leaves, for whatever reason. */
import {
  catchError, combineLatest, concat, defer, distinctUntilChanged, EMPTY, filter, finalize, ignoreElements, map, merge, of, ReplaySubject, retry, share,
  Subject, switchMap, take, takeUntil, tap, timer,
} from 'rxjs'; // prettier-ignore
import { useSession, voiceRetry } from 'rxvoice';
import { recorder } from './recorder.mjs';
import { songList, time } from './songs.mjs';

/** The answer to a command; `done` is undefined if there is no song. */
const said = (done, words) => of(done === undefined ? 'Nothing is playing.' : words(done));

/**
 * @param {string} channelId the channel of the first request; a moderator may move the bot later
 * @param {import('./bot.mjs').Surroundings} surroundings
 */
export function stay(channelId, { join, mixer, record, lonelyMs }) {
  const songs = songList(mixer);
  const recording = recorder(record);
  const leave$ = new Subject();
  const cancel$ = new Subject();
  /** Emits when the stay is over; errors with the reason if it could not continue. */
  const ended$ = new ReplaySubject(1);
  let present = false;
  let over = false;
  let why = 'on the way in';

  /** The use of one session. Each part ends by itself; the bot leaves when the last has ended, after all files are closed. */
  const visit = (session) => {
    const asked$ = leave$.pipe(map(() => 'was asked to'));
    const over$ = merge(asked$, alone$(session, lonelyMs)).pipe(tap((reason) => (why = reason)), take(1), share()); // prettier-ignore
    const placed$ = session.state$.pipe(
      filter(({ status }) => status === 'ready'),
      tap((state) => (here.channelId = state.channelId)),
      takeUntil(over$),
    );
    const thrownOut$ = session.ended$.pipe(tap((reason) => (why = reason)), takeUntil(over$)); // prettier-ignore
    present = true;
    return merge(merge(placed$, thrownOut$).pipe(ignoreElements()), recording.on(session, over$), songs.on(session, over$)).pipe(
      finalize(() => (present = false)),
    );
  };

  /** Called before the leave is reported, because a listener may then ask for the next song. */
  const end = () => {
    over = true;
    ended$.next();
  };
  const here = {
    channelId,
    get over() {
      return over;
    },
    /** What happens, as text. Subscribing joins, unsubscribing leaves. */
    told$: concat(
      join(channelId).pipe(
        useSession(visit),
        // After useSession, because a failed session also ends its use, and both must start again.
        retry(voiceRetry()),
        takeUntil(cancel$),
        tap({ complete: end, unsubscribe: end }),
        catchError((error) => {
          over = true;
          why = error.message;
          ended$.error(error);
          return EMPTY;
        }),
      ),
      defer(() => of(`left: ${why}`)),
    ),
    leave() {
      if (present) leave$.next();
      else cancel$.next();
    },
    /** @returns {import('rxjs').Observable<string>} the answer to a command; none if the stay ends first */
    obey,
  };

  function obey({ type, song, source, seconds, percent }) {
    switch (type) {
      case 'play':
        return songs.add(song, source).pipe(takeUntil(ended$));
      case 'skip':
        return said(songs.skip(), (title) => `Skipped ${title}.`);
      case 'pause':
        return said(songs.pause(), ({ title, paused, at }) => `${title} ${paused ? 'waits' : 'goes on'} at ${at}.`);
      case 'seek':
        return said(songs.seek(seconds * 1_000), (title) => `${title} goes on at ${time(seconds * 1_000)}.`);
      case 'volume':
        songs.volume(percent / 100);
        return of(`The volume is ${percent} %.`);
      case 'record':
        return recording.toggle();
      case 'leave':
        return merge(
          ended$.pipe(map(() => 'Left.')),
          defer(() => (here.leave(), EMPTY)),
        );
      default:
        return of(`There is no command ${type}.`);
    }
  }
  return here;
}

/** Emits after the bot has been alone for `lonelyMs`. While a session is being re-established, members are unknown, which does not count as alone. */
function alone$({ members$, state$ }, lonelyMs) {
  return combineLatest([members$, state$]).pipe(
    map(([members, { status }]) => status === 'ready' && members.size === 0),
    distinctUntilChanged(),
    switchMap((alone) => (alone ? timer(lonelyMs) : EMPTY)),
    map(() => 'nobody else is there'),
  );
}
