/** The logic of docs/examples/bot in virtual time: commands in, facts out. Needs `npm run build`. */
import { count, EMPTY, filter, map, mergeMap, NEVER, Subject, takeUntil, throwError, timer, toArray, type Observable, type OperatorFunction } from 'rxjs'; // prettier-ignore
import { describe, it } from 'vitest';
import type { OpusFrame, VoicePacket, VoiceSession } from '../../src/index.js';
import type { VoiceTestHelpers, VoiceTestOptions } from '../../src/testing/index.js';
import { deskDouble } from '../support/desk-double.js';

interface Command {
  readonly type: string;
  readonly channelId: string | null;
  readonly song?: string;
  readonly seconds?: number;
  readonly percent?: number;
}
interface Fact {
  readonly type: 'answer' | 'news';
  readonly to?: Command;
  readonly text: string;
}
interface Surroundings {
  readonly join: (channelId: string) => Observable<VoiceSession>;
  readonly mixer: () => Iterable<OpusFrame>;
  readonly open: (song: string) => unknown;
  readonly record: () => OperatorFunction<VoicePacket, unknown>;
  readonly lonelyMs: number;
}

// Like the example, this must use the same copy of the library: errors are recognised by class, and each copy has its own classes.
const [RXVOICE, TESTING, EXAMPLE] = ['../../dist/index.js', '../../dist/testing/index.js', '../../docs/examples/bot/bot.mjs'];
const { connectVoice$ } = (await import(RXVOICE)) as typeof import('../../src/index.js');
const { testFrames, VIRTUAL_IDS, voiceTest } = (await import(TESTING)) as typeof import('../../src/testing/index.js');
const { musicBot } = (await import(EXAMPLE)) as { musicBot: (surroundings: Surroundings) => OperatorFunction<Command, Fact> };

const [ALICE, HERE, ELSEWHERE] = ['1', VIRTUAL_IDS.channelId, '21'];
/** 100 ms, 40 ms, a minute; `gone` can be found but not read. */
const SONGS: Readonly<Record<string, unknown>> = { a: testFrames(5), b: testFrames(2, 100), long: testFrames(3_000, 200), gone: 'gone' };
const command = (type: string, more: Partial<Command> = {}): Command => ({ type, channelId: HERE, ...more });
const play = (song: string): Command => command('play', { song });
const C = {
  a: play('a'), b: play('b'), g: play('gone'), x: play('x'), z: play('long'), s: command('skip'), p: command('pause'), k: command('seek', { seconds: 2 }),
  v: command('volume', { percent: 50 }), r: command('record'), l: command('leave'), n: { ...play('a'), channelId: null }, e: { ...play('a'), channelId: ELSEWHERE },
} as const; // prettier-ignore

/** Counts the packets of one file. */
const record = (): OperatorFunction<VoicePacket, unknown> => (packets$) =>
  packets$.pipe(count(), map((packets) => ({ type: 'file-closed', path: 'alice.ogg', durationMs: packets * 20 }))); // prettier-ignore

interface Stage extends VoiceTestHelpers {
  readonly facts: (commands$: Observable<Command>, other?: Partial<Surroundings>) => Observable<Fact>;
  /** What the bot says: news unchanged, answers prefixed with the command. */
  readonly bot: (commands$: Observable<Command>, other?: Partial<Surroundings>) => Observable<string>;
  /** What its desks are told to do. */
  readonly told$: Observable<string>;
}

/** A session without recovery: the caller of `join` has to handle its failure. */
const unrecovered =
  ({ voice }: VoiceTestHelpers) =>
  (): Observable<VoiceSession> =>
    connectVoice$(voice.gateway, VIRTUAL_IDS, { ...voice.options, recovery: () => ({ action: 'fail' }) });

/** Alice is in the channel. */
function bots(body: (stage: Stage) => void, options: VoiceTestOptions = {}): void {
  voiceTest((helpers) => {
    const { voice } = helpers;
    const told$ = new Subject<string>();
    voice.join(ALICE);
    const surroundings: Surroundings = {
      join: (channelId) => connectVoice$(voice.gateway, { ...VIRTUAL_IDS, channelId }, voice.options),
      mixer: () => deskDouble((what) => told$.next(what)),
      open: (song) => {
        if (song in SONGS) return SONGS[song];
        throw new Error('There is no such song.');
      },
      record,
      lonelyMs: 30_000,
    };
    const facts: Stage['facts'] = (commands$, other = {}) => commands$.pipe(musicBot({ ...surroundings, ...other }));
    const bot: Stage['bot'] = (...given) => facts(...given).pipe(map(({ to, text }) => (to === undefined ? text : `${to.type}: ${text}`)));
    body({ ...helpers, facts, bot, told$ });
  }, options);
}
const DEEDS = { j: `joins ${HERE} of guild 10`, l: 'leaves guild 10' };

// The join takes 60 ms, six round trips of the virtual server; after that, 20 ms per frame.

describe('commands', () => {
  it('none, ever: nothing is done', () => bots(({ voice, bot, expectObservable }) => {
    expectObservable(voice.deeds$).toBe('-');
    expectObservable(bot(NEVER)).toBe('-');
  })); // prettier-ignore

  it('that are over before one came: so is the bot', () => bots(({ bot, expectObservable }) => expectObservable(bot(EMPTY)).toBe('|')));

  it('that are over: it leaves, with its files closed', () => bots(({ voice, hot, bot, expectObservable }) => {
    expectObservable(voice.deeds$).toBe('j 199ms l', DEEDS);
    expectObservable(bot(hot('z 99ms r 99ms |', C))).toBe('60ms (az) 36ms r 99ms (fl|)', {
      a: 'play: Playing long.', z: 'now playing long', r: 'record: Recording. The same command ends it.', f: 'recorded alice.ogg, 0.0 s', l: 'left: was asked to',
    });
  })); // prettier-ignore

  it('whose stream fails: it leaves, and fails with the same', () => bots(({ voice, hot, bot, expectObservable }) => {
    expectObservable(voice.deeds$).toBe('j 99ms l', DEEDS);
    expectObservable(bot(hot('z 99ms #', C, new Error('no more')))).toBe('60ms (az) 36ms #', { a: 'play: Playing long.', z: 'now playing long' }, new Error('no more'));
  })); // prettier-ignore

  it('nobody waits for any more: it leaves at once', () => bots(({ voice, hot, bot, expectObservable }) => {
    expectObservable(voice.deeds$).toBe('j 99ms l', DEEDS);
    expectObservable(bot(hot('z', C)), '100ms !').toBe('60ms (az)', { a: 'play: Playing long.', z: 'now playing long' });
  })); // prettier-ignore
});

describe('songs', () => {
  it('come one after the other; what cannot be read is passed over', () => bots(({ voice, hot, bot, expectObservable }) => {
    expectObservable(voice.heard$, '230ms !').toBe('60ms a 19ms b 19ms c 19ms d 19ms e 19ms x 19ms y 19ms s', { a: 'frame 0', b: 'frame 1', c: 'frame 2', d: 'frame 3', e: 'frame 4', x: 'frame 100', y: 'frame 101', s: 'silence' });
    expectObservable(bot(hot('(agb)', C)), '300ms !').toBe('(23) 56ms (1a) 96ms (fgb) 35ms h', {
      1: 'play: Playing a.', 2: 'play: gone is number 2 on the list.', 3: 'play: b is number 3 on the list.', a: 'now playing a', f: 'finished a',
      g: 'cannot play gone: no such file', b: 'now playing b', h: 'finished b',
    });
  })); // prettier-ignore

  it('that cannot be played are answered so, and are no reason to leave; what is not there is none to come', () => bots(({ voice, hot, bot, expectObservable }) => {
    expectObservable(voice.deeds$).toBe('100ms j 109ms l', DEEDS);
    expectObservable(bot(hot('x 99ms g 99ms b', C)), '210ms !').toBe('x 159ms (gn) 36ms (pb)', {
      x: 'play: There is no such song.', g: 'play: Cannot play gone: no such file', n: 'cannot play gone: no such file', p: 'play: Playing b.', b: 'now playing b',
    });
  })); // prettier-ignore

  it('that are skipped before they could begin: whoever waits for one is told', () => bots(({ hot, bot, expectObservable }) => {
    expectObservable(bot(hot('z 29ms s 29ms b', C)), '110ms !').toBe('30ms (zs) 26ms (bc) 36ms d', {
      z: 'play: long was skipped.', s: 'skip: Skipped long.', b: 'play: Playing b.', c: 'now playing b', d: 'finished b',
    });
  })); // prettier-ignore

  it('are skipped, paused, sought and made softer: the next ones are no louder', () => bots(({ hot, bot, told$, expectObservable }) => {
    const at = (id: string, more: object = {}) => JSON.stringify({ id, ...more });
    expectObservable(told$.pipe(map((told) => told.replaceAll('song ', '')))).toBe('60ms a 39ms p 49ms r 49ms k 49ms v 49ms s 49ms b', {
      a: `add ${at('1', { volume: 1, paused: false })}`, p: `pause ${at('1')}`, r: `resume ${at('1')}`, k: `seek ${at('1', { position: 2_000 })}`,
      v: 'volume {"volume":0.5}', s: `remove ${at('1')}`, b: `add ${at('2', { volume: 0.5, paused: false })}`,
    });
    expectObservable(bot(hot('z 99ms p 49ms p 49ms k 49ms v 49ms s 49ms b', C)), '370ms !').toBe('60ms (az) 36ms p 49ms r 49ms k 49ms v 49ms s 59ms (bc)', {
      a: 'play: Playing long.', z: 'now playing long', p: 'pause: long waits at 0:00.', r: 'pause: long goes on at 0:00.', k: 'seek: long goes on at 0:02.',
      v: 'volume: The volume is 50 %.', s: 'skip: Skipped long.', b: 'play: Playing b.', c: 'now playing b',
    });
  })); // prettier-ignore
});

describe('a stay', () => {
  it('ends when nobody else has been there for half a minute, and not when somebody comes back', () => bots(({ voice, hot, cold, bot, expectObservable }) => {
    cold('1s g 9s c 9s g', { g: () => voice.leave(ALICE), c: () => voice.join(ALICE) }).subscribe((act) => act());
    expectObservable(voice.deeds$).toBe('j 49001ms l', DEEDS);
    expectObservable(bot(hot('z', C))).toBe('60ms (az) 48938ms l', { a: 'play: Playing long.', z: 'now playing long', l: 'left: nobody else is there' });
  })); // prettier-ignore

  it('ends with a kick, which is not contradicted; the next song brings it back', () => bots(({ voice, hot, cold, bot, expectObservable }) => {
    cold('200ms k').subscribe(() => voice.kick());
    expectObservable(voice.deeds$).toBe('j 61299ms j 699ms l', DEEDS);
    expectObservable(bot(hot('z 299ms s 60999ms b', C)), '62s !').toBe('60ms (az) 136ms k 99ms s 61059ms (bc) 36ms d', {
      a: 'play: Playing long.', z: 'now playing long', k: 'left: kicked', s: 'skip: I am in no channel.', b: 'play: Playing b.', c: 'now playing b', d: 'finished b',
    });
  })); // prettier-ignore

  it('goes on over a restart of the voice server, with the frame that was due', () => bots(({ voice, hot, cold, bot, expectObservable }) => {
    cold('90ms x').subscribe(() => (voice.refuseResume(), voice.close(4015)));
    expectObservable(voice.heard$, '720ms !').toBe('60ms a 19ms b 19ms c 569ms d 19ms e 19ms s', { a: 'frame 0', b: 'frame 1', c: 'frame 2', d: 'frame 3', e: 'frame 4', s: 'silence' });
    expectObservable(bot(hot('a', C)), '1s !').toBe('60ms (az) 646ms f', { a: 'play: Playing a.', z: 'now playing a', f: 'finished a' });
  })); // prettier-ignore

  it('goes on with the next session, where the song was, when one is beyond recovery', () => bots((stage) => {
    const { voice, hot, cold, bot, told$, expectObservable } = stage;
    cold('1s x').subscribe(() => voice.close(4015));
    expectObservable(told$, '3s !').toBe('60ms a 1999ms b', {
      a: 'add {"id":"song 1","volume":1,"paused":false}', b: 'add {"id":"song 1","volume":1,"paused":false,"start":940}',
    });
    expectObservable(bot(hot('z', C), { join: unrecovered(stage) }), '3s !').toBe('60ms (az) 1996ms z', { a: 'play: Playing long.', z: 'now playing long' });
  })); // prettier-ignore

  it('that is called off on the way in: whoever waits for his song is told', () => bots(({ voice, hot, bot, expectObservable }) => {
    expectObservable(voice.deeds$).toBe('j 29ms l', DEEDS);
    expectObservable(bot(hot('z 29ms l 69ms |', C))).toBe('30ms (zaw) 65ms |', {
      z: 'play: I have left before that.', a: 'leave: Left.', w: 'left: on the way in',
    });
  })); // prettier-ignore

  it('that cannot begin: the answer says why', () => bots(({ voice, hot, bot, expectObservable }) => {
    const join = (): Observable<VoiceSession> => timer(100).pipe(mergeMap(() => throwError(() => new Error('may not CONNECT'))));
    expectObservable(voice.deeds$).toBe('-');
    expectObservable(bot(hot('z 199ms s', C), { join }), '1s !').toBe('100ms (al) 96ms s', { a: 'play: may not CONNECT', l: 'left: may not CONNECT', s: 'skip: I am in no channel.' });
  })); // prettier-ignore
});

describe('a recording', () => {
  it('has what is said from one command to the next', () => bots(({ voice, hot, cold, bot, expectObservable }) => {
    cold('150ms x').subscribe(() => voice.speak(ALICE, testFrames(10)));
    expectObservable(bot(hot('z 99ms r 499ms r', C)), '700ms !').toBe('60ms (az) 36ms r 499ms (fs)', {
      a: 'play: Playing long.', z: 'now playing long', r: 'record: Recording. The same command ends it.',
      // Ten frames, and five of silence.
      f: 'recorded alice.ogg, 0.3 s', s: 'record: Recorded alice.ogg (0.3 s).',
    });
  })); // prettier-ignore

  it.each([
    ['a leave', 'l', () => undefined, 'was asked to'],
    ['a kick', 'v', (voice: VoiceTestHelpers['voice']) => voice.kick(), 'kicked'],
  ] as const)('is closed by %s, before the bot says that it has left', (_, key, act, why) => bots(({ voice, hot, cold, bot, expectObservable }) => {
    cold('300ms x').subscribe(() => act(voice));
    const said$ = bot(hot(`z 99ms r 199ms ${key}`, C)).pipe(filter((text) => /recorded|left/.test(text)));
    expectObservable(said$, '700ms !').toBe('300ms (fl)', { f: 'recorded alice.ogg, 0.0 s', l: `left: ${why}` });
  })); // prettier-ignore

  it('that fails is told of, ends no song, and may be begun again', () => bots(({ hot, bot, expectObservable }) => {
    const full = (): OperatorFunction<VoicePacket, unknown> => () => timer(50).pipe(mergeMap(() => throwError(() => new Error('the disk is full'))));
    expectObservable(bot(hot('a 99ms r 99ms r', C), { record: full }), '1s !').toBe('60ms (az) 36ms r 49ms e 9ms f 39ms r 49ms e', {
      a: 'play: Playing a.', z: 'now playing a', f: 'finished a', r: 'record: Recording. The same command ends it.', e: 'recording failed: the disk is full',
    });
  })); // prettier-ignore
});

/** Situations in which a command may arrive: the commands before it, and what goes wrong. */
const SITUATIONS: readonly {
  readonly at: string;
  readonly before: string;
  readonly act?: (stage: Stage) => void;
  readonly broken?: boolean;
}[] = [
  { at: 'in no channel', before: '200ms ' },
  { at: 'on its way in', before: 'z 29ms ' },
  { at: 'with a song', before: 'z 199ms ' },
  { at: 'with a song that waits', before: 'z 99ms p 99ms ' },
  { at: 'without a song', before: 'b 199ms ' },
  { at: 'recording', before: 'z 99ms r 99ms ' },
  { at: 'while the session is being remade', before: 'z 199ms ', act: ({ voice }) => (voice.refuseResume(), voice.close(4015)) },
  { at: 'before the next session', before: 'z 199ms ', act: ({ voice }) => voice.close(4015), broken: true },
  { at: 'kicked', before: 'z 199ms ', act: ({ voice }) => voice.kick() },
  { at: 'on its way out', before: 'z 198ms l' },
];

describe.each(SITUATIONS)('a command that comes to the bot $at', ({ before, act, broken = false }) => {
  it.each(Object.entries(C))('%s: is answered, once', (key, asked) => bots((stage) => {
    const { hot, cold, facts, expectObservable } = stage;
    if (act !== undefined) cold('150ms x').subscribe(() => act(stage));
    // Marked, to tell it apart from the commands before it.
    const commands$ = hot(`${before}?`, { ...C, '?': { ...asked, last: true } });
    const other = broken ? { join: unrecovered(stage) } : {};
    const answers$ = facts(commands$, other).pipe(filter(({ to }) => to !== undefined && 'last' in to), takeUntil(timer(2_500)), toArray(), map(({ length }) => `${key}: ${length}`)); // prettier-ignore
    expectObservable(answers$).toBe('2500ms (n|)', { n: `${key}: 1` });
  }, { allow: ['fights-kick'] })); // prettier-ignore
});
