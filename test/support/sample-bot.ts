/** A small music bot as a user would write it, in parts, so that each part can be replaced by a faulty one. */
import {
  catchError, concat, concatMap, defer, distinctUntilChanged, endWith, EMPTY, exhaustMap, filter, groupBy, ignoreElements, map, merge, mergeMap, Observable,
  of, retry, skipWhile, startWith, take, takeUntil, type OperatorFunction,
} from 'rxjs'; // prettier-ignore
import { connectVoice$, useSession, voiceRetry, type GatewayPayload, type GatewayPort, type OpusFrame, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { testFrames, VIRTUAL_IDS } from '../../src/testing/index.js';

/** A command written in a text channel. */
export interface Wish {
  readonly guildId: string;
  readonly verb: string;
  readonly argument: string;
}

/** The replaceable parts of the bot. */
export interface BotParts {
  /** Handles a channel membership that fails or ends. */
  readonly persist: <T>(membership$: Observable<T>) => Observable<T>;
  /** How a session is used; ends when the bot should leave. */
  readonly use: <T>(project: (session: VoiceSession) => Observable<T>) => OperatorFunction<VoiceSession, T>;
  /** Emits when the bot should leave. */
  readonly leaveWhen: (session: VoiceSession, wishes$: Observable<Wish>) => Observable<unknown>;
  readonly playlist: (session: VoiceSession, songs$: Observable<string>, skips$: Observable<unknown>) => Observable<string>;
  readonly play: (session: VoiceSession, frames: readonly OpusFrame[]) => Observable<unknown>;
  /** Plays a jingle for a new member while nothing else plays. */
  readonly greet: (session: VoiceSession, gateway$: GatewayPort) => Observable<string>;
}

const SELF = VIRTUAL_IDS.userId;
/** Numbered frames: song 1 has frames 100, 101, … */
const song = (name: string): OpusFrame[] => testFrames(6, Number(name) * 100);
export const JINGLE = testFrames(2, 900);

export const told = ({ t, d }: GatewayPayload, event: string): readonly Readonly<Record<string, string>>[] => (t === event ? [d as Readonly<Record<string, string>>] : []);
const wish = ({ guild_id: guildId = '', content = '' }: Readonly<Record<string, string>>): Wish => {
  const [verb = '', argument = ''] = content.split(' ');
  return { guildId, verb, argument };
};
export const wishesOf = (gateway$: Observable<GatewayPayload>): Observable<Wish> => gateway$.pipe(mergeMap((payload) => told(payload, 'MESSAGE_CREATE').map(wish)));

const alone$ = ({ members$ }: VoiceSession): Observable<boolean> =>
  members$.pipe(map(({ size }) => size === 0), skipWhile(Boolean), distinctUntilChanged(), filter(Boolean)); // prettier-ignore

export const PARTS: BotParts = {
  persist: (membership$) => membership$.pipe(retry(voiceRetry())),
  use: useSession,
  leaveWhen: (session, wishes$) => merge(alone$(session), wishes$.pipe(filter(({ verb, guildId }) => verb === '!leave' && guildId === session.guildId))),
  playlist: (session, songs$, skips$) =>
    songs$.pipe(
      concatMap((name) =>
        PARTS.play(session, song(name)).pipe(
          ignoreElements(),
          startWith(`plays ${name}`),
          endWith(`played ${name}`),
          takeUntil(skips$),
          // A song that cannot be played does not end the list.
          catchError(() => of(`failed ${name}`)),
        ),
      ),
    ),
  play: (session, frames) => session.play(frames),
  greet: (session, gateway$) => newcomers$(gateway$, session).pipe(exhaustMap((userId) => greeting(session, userId))),
};

export function newcomers$(gateway$: Observable<GatewayPayload>, session: VoiceSession): Observable<string> {
  return gateway$.pipe(
    mergeMap((payload) => told(payload, 'VOICE_STATE_UPDATE')),
    filter((d) => d['guild_id'] === session.guildId && d['channel_id'] !== null && d['user_id'] !== SELF),
    map((d) => d['user_id']!),
  );
}

export function greeting(session: VoiceSession, userId: string): Observable<string> {
  // While a song plays there is no greeting.
  const jingle$ = session.play(JINGLE).pipe(ignoreElements(), catchError(() => EMPTY)); // prettier-ignore
  return concat(of(`greets ${userId}`), jingle$);
}

/** Joins on request, plays requested songs, and leaves when told to or when alone. */
export function sampleBot(gateway$: GatewayPort, options: VoiceOptions, changes: Partial<BotParts> = {}): Observable<string> {
  const parts = { ...PARTS, ...changes };
  const wishes$ = wishesOf(gateway$);
  return wishes$.pipe(
    filter(({ verb }) => verb === '!join'),
    groupBy(({ guildId }) => guildId),
    mergeMap((joins$) => joins$.pipe(exhaustMap((join) => perform$(gateway$, options, join, parts)))),
  );
}

function perform$(gateway$: GatewayPort, options: VoiceOptions, { guildId, argument: channelId }: Wish, parts: BotParts): Observable<string> {
  const wishes$ = wishesOf(gateway$).pipe(filter((other) => other.guildId === guildId));
  const about = (verb: string): Observable<string> => wishes$.pipe(filter((other) => other.verb === verb), map(({ argument }) => argument)); // prettier-ignore
  return defer(() => parts.persist(connectVoice$(gateway$, { guildId, channelId, userId: SELF }, options).pipe(
    parts.use((session) =>
      merge(parts.playlist(session, about('!play'), about('!skip')), parts.greet(session, gateway$)).pipe(
        takeUntil(parts.leaveWhen(session, wishesOf(gateway$)).pipe(take(1))),
      ),
    ),
  ))); // prettier-ignore
}

