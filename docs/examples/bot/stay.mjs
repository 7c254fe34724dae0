/** One stay in a channel: from the first song to the leave, whoever wants it. */
import {
  catchError, combineLatest, concat, defer, distinctUntilChanged, EMPTY, filter, finalize, ignoreElements, map, merge, of, ReplaySubject, retry, share,
  Subject, switchMap, take, takeUntil, tap, timer,
} from 'rxjs'; // prettier-ignore
import { useSession, voiceRetry } from 'rxvoice';
import { recorder } from './recorder.mjs';
import { songList, time } from './songs.mjs';

/** What was done, in words; undefined is what was done where there is no song. */
const said = (done, words) => of(done === undefined ? 'Nothing is playing.' : words(done));

/**
 * @param {string} channelId where it is asked for; a moderator may move it
 * @param {import('./bot.mjs').Surroundings} surroundings
 */
export function stay(channelId, { join, mixer, record, lonelyMs }) {
  const songs = songList(mixer);
  const recording = recorder(record);
  const leave$ = new Subject();
  const cancel$ = new Subject();
  /** Emits when the stay is over; errors with what it could not go on for. */
  const ended$ = new ReplaySubject(1);
  let present = false;
  let over = false;
  let why = 'on the way in';

  /** What is made of a session. Each part ends by itself, and with the last of them, a file to be closed, the bot leaves. */
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

  /** Before that it is said that it has left: who hears of it may ask for the next song. */
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
        // Behind it: a session that fails takes what was made of it along, and both are to begin anew.
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
    /** @returns {import('rxjs').Observable<string>} the answer to a command; none, if the stay is over before */
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

/** Emits when nobody else has been there for a while. While a session is being remade, nobody is known, and that is not the same. */
function alone$({ members$, state$ }, lonelyMs) {
  return combineLatest([members$, state$]).pipe(
    map(([members, { status }]) => status === 'ready' && members.size === 0),
    distinctUntilChanged(),
    switchMap((alone) => (alone ? timer(lonelyMs) : EMPTY)),
    map(() => 'nobody else is there'),
  );
}
