/** The songs of a stay: a list, and the desk that plays them in turn. */
import { defer, EMPTY, filter, finalize, ignoreElements, map, merge, mergeMap, of, Subject, takeUntil } from 'rxjs';

/** @param {number} ms as minutes and seconds */
export const time = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}`;

/**
 * The list outlives sessions. A desk can be played only once, so each session gets a new one, and the first song continues where it was.
 *
 * @param {() => import('rxvoice/audio').Desk} mixer makes a desk
 */
export function songList(mixer) {
  /** The first song is playing, or about to play. */
  const songs = [];
  /** The outcome when it is a song's turn, as the answer to the member who asked for it. */
  const turn$ = new Subject();
  let desk;
  let count = 0;
  let volume = 1;

  const put = (song, before) => {
    const turn = before === undefined ? {} : { after: before.id };
    const place = song.position > 0 ? { start: song.position } : {};
    desk?.add(song.source, { id: song.id, volume, paused: song.paused, ...turn, ...place });
  };
  const tell = (command) => desk?.send({ id: songs[0].id, ...command });
  /** The position of the first song. The desk knows it to the frame, its facts only to the second. */
  const position = () => desk?.tracks.find(({ id }) => id === songs[0].id)?.position ?? songs[0].position;
  const drop = (song) => songs.splice(songs.indexOf(song), 1);

  /** Applies a fact to the list, and emits it as text. */
  const told = (fact) => {
    const song = songs.find(({ id }) => id === fact.id);
    if (song === undefined) return EMPTY;
    if ('position' in fact) song.position = fact.position;
    if (fact.type === 'started') {
      turn$.next({ song, answer: `Playing ${song.title}.` });
      return of(`now playing ${song.title}`);
    }
    // A stopped play does not end the song; the next session continues it.
    if (fact.type !== 'ended' || fact.reason === 'stopped') return EMPTY;
    drop(song);
    if (fact.error === undefined) return of(`finished ${song.title}`);
    turn$.next({ song, answer: `Cannot play ${song.title}: ${fact.error.message}` });
    return of(`cannot play ${song.title}: ${fact.error.message}`);
  };

  return {
    /** @returns {import('rxjs').Observable<string>} the answer: its place on the list, or that it is playing */
    add(title, source) {
      const song = { id: `song ${(count += 1)}`, title, source, position: 0, paused: false };
      const before = songs.at(-1);
      songs.push(song);
      const answer$ = turn$.pipe(
        filter((one) => one.song === song),
        map(({ answer }) => answer),
      );
      // The answer is subscribed to before the desk gets the song.
      if (before === undefined) return merge(answer$, defer(() => (put(song), EMPTY))); // prettier-ignore
      put(song, before);
      return of(`${title} is number ${songs.length} on the list.`);
    },
    skip() {
      const [song] = songs;
      if (song === undefined) return undefined;
      // Removed from the list at once, so that two skips skip two songs.
      drop(song);
      desk?.send({ type: 'remove', id: song.id });
      turn$.next({ song, answer: `${song.title} was skipped.` });
      return song.title;
    },
    pause() {
      const [song] = songs;
      if (song === undefined) return undefined;
      song.paused = !song.paused;
      tell({ type: song.paused ? 'pause' : 'resume' });
      return { title: song.title, paused: song.paused, at: time(position()) };
    },
    /** @param {number} ms from the start of the song */
    seek(ms) {
      if (songs.length === 0) return undefined;
      songs[0].position = ms;
      tell({ type: 'seek', position: ms });
      return songs[0].title;
    },
    /** @param {number} factor for this song and all that follow */
    volume(factor) {
      volume = factor;
      desk?.send({ type: 'volume', volume });
    },
    /** Plays on a session until `over$`; emits what happens, as text. */
    on(session, over$) {
      desk = mixer();
      const told$ = desk.facts$.pipe(mergeMap(told));
      songs.forEach((song, i) => put(song, songs[i - 1]));
      return merge(told$, session.play(desk).pipe(takeUntil(over$), ignoreElements())).pipe(finalize(() => (desk = undefined)));
    },
  };
}
