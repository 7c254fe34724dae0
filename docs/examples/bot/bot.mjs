/** The bot of one guild, without Discord: commands in, facts out. */
import { catchError, defaultIfEmpty, defer, EMPTY, map, merge, mergeMap, of, Subject, take, tap } from 'rxjs';
import { stay } from './stay.mjs';

/**
 * A member's request. `channelId` is the member's voice channel, or null; `song`, `seconds` and `percent` are set if the command has them.
 * Any other properties come back with the answer.
 *
 * @typedef {{ type: string, channelId: string | null, song?: string, seconds?: number, percent?: number }} Command
 */

/**
 * @typedef {{ type: 'answer', to: Command, text: string } | { type: 'news', text: string }} Fact
 */

/**
 * What the bot needs from outside.
 *
 * @typedef {object} Surroundings
 * @property {(channelId: string) => import('rxjs').Observable<import('rxvoice').VoiceSession>} join `connectVoice$` with all but the channel
 * @property {() => import('rxvoice/audio').Desk} mixer makes a desk
 * @property {(song: string) => import('rxvoice/audio').TrackSource} open finds a song, or throws an error with the answer
 * @property {() => import('rxjs').OperatorFunction<import('rxvoice').VoicePacket, import('rxvoice/audio').RecordingEvent>} record `recordTo`
 * @property {number} lonelyMs how long it stays alone in a channel
 */

/**
 * The first `play` joins. The bot leaves on `leave`, or after some time alone. It does not rejoin after a kick; the next `play` joins again.
 * Each command gets one answer, whatever its result. When the commands complete, the bot leaves.
 *
 * ```
 * commands   p--p--------s-------l      play, play, skip, leave
 * facts      ---A(a)-----(sB)----(Ll)   joined, and A is heard; answers in small letters
 * ```
 *
 * @param {Surroundings} surroundings
 * @returns {import('rxjs').OperatorFunction<Command, Fact>}
 */
export const musicBot = (surroundings) => (commands$) =>
  defer(() => {
    const stays$ = new Subject();
    /** The latest stay, which may have ended. */
    let last;

    const obey = (command) => {
      const { type, channelId } = command;
      const here = last?.over === false ? last : undefined;
      if (channelId === null) return of('Join a voice channel first.');
      if (here !== undefined && here.channelId !== channelId) return of(`I am in <#${here.channelId}>: come there.`);
      if (type !== 'play') return here === undefined ? of('I am in no channel.') : here.obey(command);
      // Before the join, so that the bot does not join for a song that does not exist.
      const source = surroundings.open(command.song);
      if (here !== undefined) return here.obey({ ...command, source });
      const begun = (last = stay(channelId, surroundings));
      return merge(begun.obey({ ...command, source }), defer(() => (stays$.next(begun), EMPTY))); // prettier-ignore
    };
    const answered = (to) =>
      defer(() => obey(to)).pipe(
        take(1),
        defaultIfEmpty('I have left before that.'),
        catchError(({ message }) => of(message)),
        map((text) => ({ type: 'answer', to, text })),
      );
    const over = () => {
      last?.leave();
      stays$.complete();
    };
    return merge(
      stays$.pipe(
        mergeMap(({ told$ }) => told$),
        map((text) => ({ type: 'news', text })),
      ),
      commands$.pipe(tap({ complete: over }), mergeMap(answered)),
    );
  });
