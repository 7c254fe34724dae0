/** Bugs planted in a bot one at a time: the bot's tests find each of them, with a text that names it. */
import { catchError, concat, EMPTY, exhaustMap, filter, ignoreElements, map, mergeMap, NEVER, of, repeat, retry, startWith, switchMap, tap, timer, type Observable } from 'rxjs'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import { connectVoice$, type GatewayPort, type VoiceOptions } from '../../../src/index.js';
import { testFrames, VIRTUAL_IDS, voiceState, voiceTest, type VirtualSession, type VirtualVoice } from '../../../src/testing/index.js';
import { greeting, newcomers$, PARTS, sampleBot, told, type BotParts } from '../../support/sample-bot.js';

/** A bot with a bug. */
interface Mutant {
  /** The part that is replaced by a wrong one; depends on the gateway if the bug is in how the bot uses it. */
  readonly parts: Partial<BotParts> | ((gateway$: GatewayPort, options: VoiceOptions) => Partial<BotParts>);
  /** The test that finds it. */
  readonly found: keyof typeof TESTS;
  /** The text of the failure. */
  readonly says: RegExp;
}

const [ALICE, BOB] = ['1', '2'];
const HERE = { j: 'joins 20 of guild 10', l: 'leaves guild 10', J: 'joins 21 of guild 11', L: 'leaves guild 11' };
const say = (voice: VirtualVoice, content: string, guild_id: string = VIRTUAL_IDS.guildId): void => voice.dispatch('MESSAGE_CREATE', { guild_id, content });
const act = (acts: Readonly<Record<number, () => void>>): void => {
  for (const [ms, does] of Object.entries(acts)) timer(Number(ms)).subscribe(does);
};
const frames = (...numbers: number[]): Readonly<Record<string, string>> => Object.fromEntries(numbers.map((number, i) => ['abcdefghijkl'[i]!, `frame ${number}`]));

/** The bot, as a test creates it. */
type Made = (voice: VirtualVoice, options?: VoiceOptions) => Observable<string>;

/** The tests of the bot. Each passes for the bot without bugs. */
const TESTS = {
  'plays what is wished for, one after the other, and leaves when it is told to': (made: Made) =>
    voiceTest(({ voice, expectObservable }) => {
      act({ 10: () => say(voice, '!join 20'), 100: () => say(voice, '!play 1'), 150: () => say(voice, '!play 2'), 400: () => say(voice, '!leave') });
      expectObservable(voice.deeds$).toBe('10ms j 389ms l', HERE);
      expectObservable(voice.heard$).toBe(
        '100ms a 19ms b 19ms c 19ms d 19ms e 19ms f 19ms g 19ms h 19ms i 19ms j 19ms k 19ms l 19ms s',
        { ...frames(100, 101, 102, 103, 104, 105, 200, 201, 202, 203, 204, 205), s: 'silence' },
      );
      expectObservable(made(voice)).toBe('100ms a 119ms (bc) 116ms d', { a: 'plays 1', b: 'played 1', c: 'plays 2', d: 'played 2' });
    }),
  'skips to the next': (made: Made) =>
    voiceTest(({ voice, expectObservable }) => {
      act({ 10: () => say(voice, '!join 20'), 100: () => say(voice, '!play 1'), 110: () => say(voice, '!play 2'), 130: () => say(voice, '!skip'), 300: () => say(voice, '!leave') });
      expectObservable(voice.heard$).toBe('100ms a 19ms b 19ms c 19ms d 19ms e 19ms f 19ms g 19ms h 19ms s', { ...frames(100, 101, 200, 201, 202, 203, 204, 205), s: 'silence' });
      expectObservable(made(voice)).toBe('100ms a 29ms b 129ms c', { a: 'plays 1', b: 'plays 2', c: 'played 2' });
    }),
  'leaves an empty channel': (made: Made) =>
    voiceTest(({ voice, expectObservable }) => {
      act({ 10: () => say(voice, '!join 20'), 100: () => voice.join(ALICE), 200: () => voice.join(BOB), 300: () => voice.leave(ALICE), 400: () => voice.leave(BOB) });
      expectObservable(voice.deeds$).toBe('10ms j 389ms l', HERE);
      expectObservable(made(voice)).toBe('100ms a 99ms b', { a: 'greets 1', b: 'greets 2' });
    }),
  'greets who comes, and nobody else': (made: Made) =>
    voiceTest(({ voice, expectObservable }) => {
      act({ 10: () => say(voice, '!join 20'), 100: () => voice.join(ALICE), 500: () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '20')), 600: () => voice.leave(ALICE) });
      expectObservable(made(voice)).toBe('100ms a', { a: 'greets 1' });
    }),
  'plays on through a lost WebSocket, and where it was after a lost session': (made: Made) =>
    voiceTest(({ voice, expectObservable }) => {
      act({ 10: () => say(voice, '!join 20'), 100: () => say(voice, '!play 1'), 125: () => voice.close(1006), 195: () => voice.close(4006), 2_000: () => say(voice, '!leave') });
      const order = voice.heard$.pipe(filter((name) => name !== 'silence'), map((name) => Number(name.slice(6)) - 100)); // prettier-ignore
      expectObservable(order).toBe('100ms a 19ms b 19ms c 19ms d 19ms e 574ms f', { a: 0, b: 1, c: 2, d: 3, e: 4, f: 5 });
      expectObservable(made(voice)).toBe('100ms a 674ms b', { a: 'plays 1', b: 'played 1' });
    }),
  'goes when it is thrown out': (made: Made) =>
    voiceTest(({ voice, expectObservable }) => {
      act({ 10: () => say(voice, '!join 20'), 200: () => voice.kick() });
      expectObservable(made(voice)).toBe('');
    }),
  'leaves the guild in which it is told to, and no other': (made: Made) =>
    voiceTest(({ voice, expectObservable }) => {
      act({ 10: () => say(voice, '!join 20'), 20: () => say(voice, '!join 21', '11'), 200: () => say(voice, '!leave', '11'), 300: () => say(voice, '!leave') });
      expectObservable(voice.deeds$).toBe('10ms j 9ms J 179ms L 99ms l', HERE);
      expectObservable(made(voice)).toBe('');
    }),
  'is patient with a gateway that does not answer': (made: Made) =>
    voiceTest(
      ({ voice, expectObservable }) => {
        act({ 10: () => say(voice, '!join 20') });
        expectObservable(made(voice, { ...voice.options, timeouts: { signalling: 100 } }).pipe(catchError(() => of('gives up'))), '2s !').toBe('1210ms (g|)', { g: 'gives up' });
      },
      { silent: ['state', 'server'] },
    ),
  'plays one thing at a time': (_: Made, parts: Partial<BotParts>) =>
    voiceTest(({ double, cold, expectObservable }) => {
      const list = { ...PARTS, ...parts };
      expectObservable(heard(double)).toBe('a 19ms b 19ms c 19ms d 19ms e 19ms f 19ms g 19ms h 19ms i 19ms j 19ms k 19ms l', frames(100, 101, 102, 103, 104, 105, 200, 201, 202, 203, 204, 205));
      expectObservable(list.playlist(double.session, cold('(ab)', { a: '1', b: '2' }), NEVER), '230ms !').toBe('a 119ms (bc)', { a: 'plays 1', b: 'played 1', c: 'plays 2' });
    }),
} as const;
const heard = ({ heard$ }: VirtualSession): Observable<string> => heard$.pipe(filter((name) => name !== 'silence'));

const song = (name: string) => testFrames(6, Number(name) * 100);
const MUTANTS: Readonly<Record<string, Mutant>> = {
  'forgets to leave an empty channel': {
    parts: { leaveWhen: (session, wishes$) => wishes$.pipe(filter(({ verb, guildId }) => verb === '!leave' && guildId === session.guildId)) },
    found: 'leaves an empty channel',
    says: /stays-alone: the last member left guild 10 at 400 ms, and 10 minutes later the bot is still there: it forgets to leave an empty channel/,
  },
  'forgets to leave': {
    // switchMap to something that does not end the session.
    parts: { use: (project) => (session$) => new (session$.constructor as typeof Observable)((subscriber) => void session$.pipe(switchMap(project)).subscribe(subscriber)) },
    found: 'plays what is wished for, one after the other, and leaves when it is told to',
    says: /l = 'leaves guild 10', expected at 400 ms, did not come/,
  },
  'subscribes a session that nobody can leave': {
    parts: { use: (project) => (session$) => { session$.pipe(switchMap(project)).subscribe(); return NEVER; } }, // prettier-ignore
    found: 'leaves the guild in which it is told to, and no other',
    says: /stays-behind: bot 30 is still in channel 20 of guild 10 when everything is over that the test looks at: it forgets to leave/,
  },
  'plays twice': {
    parts: { playlist: (session, songs$) => songs$.pipe(mergeMap((name) => concat(of(`plays ${name}`), session.play(song(name)).pipe(ignoreElements(), catchError(() => EMPTY))))) },
    found: 'plays one thing at a time',
    says: /plays-over: a play was begun at 0 ms while the one of 0 ms was still under way: the bot plays twice at once/,
  },
  'restarts the song on resume': {
    parts: { playlist: (session, songs$) => songs$.pipe(switchMap((name) => session.state$.pipe(filter(({ status }) => status === 'ready'), switchMap(() => session.play(song(name)).pipe(ignoreElements())), startWith(`plays ${name}`)))) }, // prettier-ignore
    found: 'plays on through a lost WebSocket, and where it was after a lost session',
    says: /restarts-song: the song that began at 100 ms begins again at 160 ms, after the WebSocket was closed with 1006 at 125 ms: the bot restarts the song on resume/,
  },
  'leaks a subscription': {
    parts: (gateway$) => ({ greet: (session) => newcomers$(gateway$, session).pipe(tap(() => newcomers$(gateway$, session).subscribe()), exhaustMap((userId) => greeting(session, userId))) }), // prettier-ignore
    found: 'greets who comes, and nobody else',
    says: /leaks-subscription: the gateway of bot 30 is still subscribed to when everything was let go of/,
  },
  'answers itself': {
    parts: { greet: (session, gateway$) => gateway$.pipe(mergeMap((payload) => told(payload, 'VOICE_STATE_UPDATE')), filter((d) => d['channel_id'] !== null), exhaustMap((d) => greeting(session, d['user_id']!))) }, // prettier-ignore
    found: 'greets who comes, and nobody else',
    says: /answers-itself: a voice state of the bot itself came at 500 ms, and at 500 ms it begins to play: the bot answers itself/,
  },
  'fights a kick': {
    parts: { persist: (membership$) => membership$.pipe(repeat({ delay: 50, count: 3 })) },
    found: 'goes when it is thrown out',
    says: /fights-kick: the bot was disconnected from guild 10 at 200 ms, and joins again at \d+ ms, which nobody asked it to: it fights a kick/,
  },
  'leaves the wrong guild': {
    parts: { leaveWhen: (_, wishes$) => wishes$.pipe(filter(({ verb }) => verb === '!leave')) },
    found: 'leaves the guild in which it is told to, and no other',
    says: /at 200 ms came l = 'leaves guild 10', expected was L = 'leaves guild 11'|l = 'leaves guild 10' came at 200 ms, 100 ms early/,
  },
  'leaves a guild where it is not': {
    parts: (gateway$) => ({
      leaveWhen: (session, wishes$) => PARTS.leaveWhen(session, wishes$).pipe(tap(() => gateway$.next({ op: 4, d: { guild_id: '99', channel_id: null, self_mute: false, self_deaf: false } }))),
    }),
    found: 'leaves an empty channel',
    says: /leaves-elsewhere: at 400 ms the bot leaves guild 99, where it is in no channel; it is in guild 10: it leaves the wrong guild/,
  },
  'floods the gateway': {
    parts: { persist: (membership$) => membership$.pipe(retry()) },
    found: 'is patient with a gateway that does not answer',
    says: /floods-gateway: bot 30 sends op 4 more than 20 times within 10 s, until \d+ ms: it floods the gateway/,
  },
  'joins twice': {
    parts: (gateway$, options) => ({ greet: () => connectVoice$(gateway$, VIRTUAL_IDS, options).pipe(map(() => 'a session')), persist: (membership$) => membership$ }),
    found: 'goes when it is thrown out',
    says: /came at 70 ms, and was not expected[^]*AlreadyJoinedError: bot 30 is in guild 10 by another subscription already/,
  },
  'cannot be skipped': {
    parts: { playlist: (session, songs$) => PARTS.playlist(session, songs$, NEVER) },
    found: 'skips to the next',
    says: /at 140 ms came \w = 'frame 102', expected was c = 'frame 200'/,
  },
  'loses what would play while it reconnects': {
    parts: { playlist: (session, songs$) => songs$.pipe(mergeMap((name) => concat(of(`plays ${name}`), session.play(song(name), { whenSuspended: 'skip' }).pipe(ignoreElements()), of(`played ${name}`)))) },
    found: 'plays on through a lost WebSocket, and where it was after a lost session',
    says: /f = 5, expected at 755 ms, did not come/,
  },
};

/** The failure that a test reports for a bot; undefined if it passes. */
function verdict(name: keyof typeof TESTS, parts: Mutant['parts'] = {}): string | undefined {
  const of = (gateway$: GatewayPort, options: VoiceOptions): Partial<BotParts> => (typeof parts === 'function' ? parts(gateway$, options) : parts);
  try {
    TESTS[name]((voice, options = voice.options) => sampleBot(voice.gateway, options, of(voice.gateway, options)), typeof parts === 'function' ? {} : parts);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the sample bot', () => {
  it.each(Object.keys(TESTS) as (keyof typeof TESTS)[])('%s', (name) => expect(verdict(name)).toBeUndefined());
});

describe('a bot that', () => {
  it.each(Object.entries(MUTANTS))('%s is found, and told what it does', (_, { parts, found, says }) => {
    expect(verdict(found, parts)).toMatch(says);
  });
});
