/**
 * docs/examples/bot as a whole: discord.js, unpatched, logged in to a simulated Discord with three members, who give commands, hear what is played
 * and are recorded; a kick, and a crash of the voice server. Needs `npm run build`.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom, lastValueFrom, map, ReplaySubject, scan, Subject, take, toArray, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrackSource } from '../../../src/audio/index.js';
import { isSilenceFrame } from '../../../src/protocol/silence.js';
import type { Guild, LoopbackDiscord, Member } from '../../../src/server/index.js';
import { collect } from '../../support/collect.js';

interface BotParts {
  readonly client: object;
  readonly token: string;
  readonly open: (song: string) => TrackSource;
  readonly recordings: (guildId: string) => string;
  readonly stop$: Observable<unknown>;
  readonly lonelyMs: number;
}
// Loads the build, as the example does: loading all of the library twice would take longer than the test.
const load = (path: string): Promise<unknown> => import(`../../../${path}`);
const { oggOpus } = (await load('dist/audio/index.js')) as typeof import('../../../src/audio/index.js');
const { startDiscord } = (await load('dist/server/index.js')) as typeof import('../../../src/server/index.js');
const { discordBot } = (await load('docs/examples/bot/discord.mjs')) as { discordBot: (parts: BotParts) => Observable<string> };
const { songsOf } = (await load('docs/examples/bot/library.mjs')) as { songsOf: (folder: string) => BotParts['open'] };

const folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
/** Longer than members take to come back after a crash. */
const LONELY_MS = 1_000;

let discord: LoopbackDiscord;
let guild: Guild;
let members: readonly Member[];
let song: readonly Uint8Array[];
const stop$ = new Subject<void>();
const news$ = new ReplaySubject<string>();
/** The index in `news$` after the last entry that was waited for. */
let seen = 0;

/** The short songs are cut out of the long one, between these frames. */
const CUTS: Readonly<Record<string, readonly [number, number]>> = { first: [50, 75], second: [100, 125] };
const cut = (name: string): readonly Uint8Array[] => song.slice(...CUTS[name]!);

beforeAll(async () => {
  song = (await collect(oggOpus(readFileSync('src/cli/demo/song.opus')))).items;
  mkdirSync(join(folder, 'songs'));
  cpSync('src/cli/demo/song.opus', join(folder, 'songs', 'long.opus'));
  discord = await startDiscord();
  guild = discord.guild({ channels: { general: 'text', lounge: 'voice', attic: 'voice' }, members: ['alice', 'bob', 'carol'] });
  members = ['alice', 'bob', 'carol'].map((name) => guild.member(name));
  await Promise.all(members.map((member) => member.join(guild.channel('lounge'))));
  const inFolder = songsOf(join(folder, 'songs'));
  let recordings = 0;
  const bot$ = discordBot({
    client: {
      rest: { api: discord.api },
      ws: { buildIdentifyThrottler: () => Promise.resolve({ waitForIdentify: () => Promise.resolve() }) },
    },
    token: discord.token,
    open: (name) => (name in CUTS ? cut(name) : inFolder(name)),
    recordings: () => join(folder, `recording ${(recordings += 1)}`),
    stop$,
    lonelyMs: LONELY_MS,
  });
  bot$.subscribe(news$);
  await told('logged in as bot');
});
afterAll(async () => {
  stop$.next();
  await discord.close();
  rmSync(folder, { recursive: true });
});

/** Waits until Discord has heard that the bot left. */
const outside = (): Promise<void> => expect.poll(() => guild.bot.voiceState).toBeUndefined();
/** Waits until the bot reports `text`, after the last report that was waited for. */
const told = async (text: string): Promise<void> => {
  const news = news$.pipe(map((one, index) => ({ one, index })), filter(({ one, index }) => index >= seen && one === text)); // prettier-ignore
  seen = (await firstValueFrom(news)).index + 1;
};
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');
const says = async (who: Member, text: string): Promise<string> => (await who.say(text)).content;
const frames$ = (who: Member): Observable<string> => who.hear(guild.bot).pipe(map(({ frame }) => frame), filter((frame) => !isSilenceFrame(frame)), map(hex)); // prettier-ignore
const heardBy = (who: Member, count: number): Promise<string[]> => firstValueFrom(frames$(who).pipe(take(count), toArray()));
const position = (frame: string): number => song.findIndex((one) => hex(one) === frame);
/** Waits for frame `from` of the song or a later one. Only one song is playing, and its packets are passed unchanged. */
const hearsFrom = (who: Member, from: number): Promise<string> =>
  firstValueFrom(frames$(who).pipe(filter((frame) => position(frame) >= from)));

describe('the example bot', () => {
  it('says what it cannot do, and does not come for it', async () => {
    const [alice] = members as [Member];
    expect(await says(guild.addMember('dan'), '/play song: first')).toBe('Join a voice channel first.');
    expect(await says(alice, '/play song: nowhere')).toBe('There is no such song. There are: long.');
    expect(await says(alice, '/skip')).toBe('I am in no channel.');
    await outside();
  });

  it('plays one song after the other, which three members hear byte for byte', async () => {
    const [alice, bob] = members as [Member, Member];
    const both = [...cut('first'), ...cut('second')].map(hex);
    const heard = Promise.all(members.map((member) => heardBy(member, both.length)));
    expect(await says(alice, '/play song: first')).toBe('Playing first.');
    expect(await says(bob, '/play song: second')).toBe('second is number 2 on the list.');
    expect(await heard).toEqual([both, both, both]);
    await told('finished second');
    expect(await says(bob, '/pause')).toBe('Nothing is playing.');
  });

  it('waits, goes on, goes elsewhere, is louder and softer, and skips', async () => {
    const [alice, bob] = members as [Member, Member];
    const tail = cut('first').map(hex).slice(-20);
    expect(await says(alice, '/play song: long')).toBe('Playing long.');
    expect(await says(alice, '/play song: first')).toBe('first is number 2 on the list.');
    expect(await says(alice, '/pause')).toMatch(/^long waits at 0:0\d\.$/);
    expect(await says(alice, '/pause')).toMatch(/^long goes on at 0:0\d\.$/);
    const there = hearsFrom(bob, 400);
    expect(await says(alice, '/seek seconds: 8')).toBe('long goes on at 0:08.');
    await there;
    expect(await says(bob, '/volume percent: 50')).toBe('The volume is 50 %.');
    // A changed volume is mixed: nothing that is heard then is a packet of the song.
    await firstValueFrom(frames$(alice).pipe(filter((frame) => position(frame) < 0)));
    expect(await says(bob, '/volume percent: 100')).toBe('The volume is 100 %.');
    const heard = firstValueFrom(frames$(alice).pipe(filter((frame) => tail.includes(frame)), take(tail.length), toArray())); // prettier-ignore
    expect(await says(bob, '/skip')).toBe('Skipped long.');
    expect(await heard).toEqual(tail);
    await told('finished first');
  });

  it('records who speaks, packet by packet, until it is told again', async () => {
    const [alice] = members as [Member];
    const words = song.slice(200, 230);
    expect(await says(alice, '/record')).toBe('Recording. The same command ends it.');
    await alice.speak(words);
    const answer = await says(alice, '/record');
    const path = join(folder, 'recording 1', `${alice.id}.ogg`);
    expect(answer).toMatch(/^Recorded .* \(\d\.\d s\)\.$/);
    expect(answer).toContain(path);
    expect(readdirSync(join(folder, 'recording 1'))).toEqual([`${alice.id}.ogg`]);
    const recorded = (await collect(oggOpus(readFileSync(path)))).items.map(hex).filter((frame) => !frame.endsWith('fffe'));
    expect(recorded).toEqual(words.map(hex));
  });

  it('survives a crash of the voice server: the song goes on where it was', async () => {
    const [alice] = members as [Member];
    expect(await says(alice, '/play song: long')).toBe('Playing long.');
    await hearsFrom(alice, 10);
    const began = performance.now();
    // The members must come back, too, each at a time of its own: the wait is over when each hears a second without a gap that ends at frame 60 or later.
    const whole = (heard: readonly number[]): boolean => heard.at(-1)! >= 60 && heard.at(-1) === heard.at(-50)! + 49;
    const heardAgain = async (who: Member): Promise<void> => {
      const heard$ = frames$(who).pipe(scan((heard: readonly number[], frame) => [...heard, position(frame)], []));
      const positions = await firstValueFrom(heard$.pipe(filter(whole)));
      // What is held meanwhile plays after the return; nothing plays twice, nothing is skipped, and the song is not ahead of its time.
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      expect(positions.at(-1)! - positions[0]!).toBeLessThanOrEqual((performance.now() - began) / 20 + 1);
    };
    const rest = Promise.all(members.map(heardAgain));
    await discord.voice.faults.restart(50);
    await rest;
  });

  it('does not contradict a kick, and comes again when it is asked to', async () => {
    const [, bob] = members as [Member, Member];
    guild.bot.kick();
    await told('left: kicked');
    await outside();
    expect(await says(bob, '/play song: first')).toBe('Playing first.');
    expect(await says(bob, '/leave')).toBe('Left.');
    await outside();
  });

  it('goes where it is moved, and leaves a channel in which it is alone', async () => {
    const [, bob, carol] = members as [Member, Member, Member];
    expect(await says(bob, '/play song: long')).toBe('Playing long.');
    await carol.join(guild.channel('attic'));
    expect(await says(carol, '/skip')).toBe(`I am in <#${guild.channel('lounge').id}>: come there.`);
    // A moderator moves it. From then on, it obeys the members of its new channel.
    guild.bot.move(guild.channel('attic'));
    await hearsFrom(carol, 1);
    expect(await says(carol, '/skip')).toBe('Skipped long.');
    expect(await says(bob, '/skip')).toBe(`I am in <#${guild.channel('attic').id}>: come there.`);
    const left = told('left: nobody else is there');
    carol.leave();
    await left;
    await outside();
  });

  it('leaves when it is stopped, and is over', async () => {
    const [alice] = members as [Member];
    expect(await says(alice, '/play song: first')).toBe('Playing first.');
    stop$.next();
    expect(await lastValueFrom(news$)).toBe('left: was asked to');
    await outside();
  });
});
