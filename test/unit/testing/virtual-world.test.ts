/** Several guilds and several bots in one virtual world, and end-to-end encrypted calls in it. */
import { asyncScheduler, map, merge, switchMap, takeUntil, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ClientFlags, ClientPlatform, connectVoice$, useSession, type VoiceSession } from '../../../src/index.js';
import { testFrames, voiceTest, type VirtualVoice, type VoiceTestOptions } from '../../../src/testing/index.js';

const HERE = { guildId: '10', channelId: '20', userId: '30' };
const THERE = { guildId: '11', channelId: '21', userId: '30' };
const OTHER_BOT = { ...HERE, userId: '31' };

type Told = Observable<string>;
/** The notes of one second in a world, in order, each with its time. */
function story(scene: (voice: VirtualVoice) => Readonly<Record<string, Told>>, acts: Readonly<Record<number, (voice: VirtualVoice) => void>> = {}, options: VoiceTestOptions = {}): string[] {
  const notes: string[] = [];
  voiceTest(({ voice }) => {
    for (const [ms, act] of Object.entries(acts)) timer(Number(ms)).subscribe(() => act(voice));
    for (const [name, told$] of Object.entries(scene(voice))) {
      told$.pipe(takeUntil(timer(1_000))).subscribe((what) => notes.push(`${asyncScheduler.now()} ${name} ${what}`));
    }
  }, options); // prettier-ignore
  return notes;
}

const in$ = (voice: VirtualVoice, ids: typeof HERE, told: (session: VoiceSession) => Told): Told => connectVoice$(voice.gateway, ids, voice.options).pipe(useSession(told));
const members = (session: VoiceSession): Told => session.members$.pipe(map((set) => `members ${[...set].join(' ') || '-'}`));
const hears = (session: VoiceSession): Told => session.receive().pipe(map(({ userId, frame }) => `hears ${frame.length === 4 ? `frame ${frame[2]}` : `${frame.length} bytes`} of ${userId}`));
const secure = (session: VoiceSession): Told => session.e2ee$.pipe(map(({ status, epoch, members: all }) => `${status} ${epoch ?? '-'} ${[...all].sort().join(' ')}`.trim()));
const plays = (frames: number) => (session: VoiceSession): Told => session.play(testFrames(frames)).pipe(map(({ type }) => type)); // prettier-ignore

describe('one bot in two guilds', () => {
  const guilds = (told: (session: VoiceSession) => Told) => (voice: VirtualVoice) => ({ here: in$(voice, HERE, told), there: in$(voice, THERE, told) });

  it('has its own call, members and sockets in each', () => {
    const notes = story(guilds(members), {
      100: (voice) => voice.guild('11').join('7'),
      110: (voice) => voice.guild('10').join('8'),
      // In the guild that the last command was for.
      120: (voice) => voice.leave('7'),
    });
    expect(notes).toEqual(['60 here members -', '60 there members -', '100 there members 7', '110 here members 8', '120 there members -']);
  });

  it('may lose one WebSocket, UDP socket or membership, and keep the other', () => {
    const acts = { 100: (voice: VirtualVoice) => voice.guild('10').close(4015), 200: (voice: VirtualVoice) => voice.guild('11').loseUdp(new Error('gone')), 700: (voice: VirtualVoice) => voice.guild('10').kick() };
    const states = story(guilds((session) => session.state$.pipe(map(({ status }) => status))), acts);
    const of = (guild: string) => states.filter((line) => line.includes(` ${guild} `)).map((line) => line.replace(` ${guild}`, ''));
    expect(of('here')).toEqual(['60 ready', '100 resuming', '120 ready', '700 ended']);
    expect(of('there')).toEqual(['60 ready', '200 reconnecting', expect.stringMatching(/^\d+ ready$/)]);
  });

  it('is heard in each by itself, and told apart', () => {
    const notes = story((voice) => ({ ...guilds(plays(2))(voice), a: voice.guild('10').packets$.pipe(map(({ ssrc }) => `${ssrc}`)), b: voice.guild('11').packets$.pipe(map(({ ssrc }) => `${ssrc}`)) }));
    expect(notes.filter((line) => / [ab] /.test(line))).toEqual(['60 a 1001', '60 b 1002', '80 a 1001', '80 b 1002']);
    expect(story((voice) => ({ bot: merge(voice.deeds$, guilds(plays(1))(voice).here.pipe(switchMap(() => [] as string[]))) }))).toEqual(['0 bot joins 20 of guild 10', '80 bot leaves guild 10']);
  });
});

describe('two bots in one channel', () => {
  const both = (one: (session: VoiceSession) => Told, other: (session: VoiceSession) => Told) => (voice: VirtualVoice) => ({
    one: in$(voice, HERE, one),
    other: in$(voice.bot('31'), OTHER_BOT, other),
  });

  it('see each other come and go, and hear each other', () => {
    const one = (session: VoiceSession): Told => merge(members(session), hears(session));
    const other = (session: VoiceSession): Told => session.play(testFrames(2)).pipe(map(({ type }) => type));
    const notes = story(both(one, other)).filter((line) => / one /.test(line));
    expect(notes).toEqual([
      '60 one members -', '60 one members 31', '60 one hears frame 0 of 31', '80 one hears frame 1 of 31', '100 one members -',
    ]); // prettier-ignore
  });

  it('and see each other on the gateway; in two channels they are strangers', () => {
    const states = (voice: VirtualVoice): Told => (voice.gateway as Observable<{ t?: string | null; d?: unknown }>).pipe(map(({ t, d }) => (t === 'VOICE_STATE_UPDATE' ? `${(d as { user_id: string }).user_id} in ${String((d as { channel_id: string | null }).channel_id)}` : ''))); // prettier-ignore
    const seen = story((voice) => ({ gateway: states(voice), ...both(members, plays(1))(voice) })).filter((line) => / gateway \d/.test(line));
    expect(seen).toEqual(['10 gateway 30 in 20', '10 gateway 31 in 20', '80 gateway 31 in null']);
    const apart = story((voice) => ({ one: in$(voice, HERE, (session) => merge(members(session), hears(session))), other: in$(voice.bot('31'), { ...OTHER_BOT, channelId: '22' }, plays(2)) }));
    expect(apart.filter((line) => / one /.test(line))).toEqual(['60 one members -']);
  });
});

describe('a virtual member', () => {
  it('has a client, which is told to who is there and to who comes later', () => {
    const client = { flags: ClientFlags.VoiceRecording, platform: ClientPlatform.Mobile };
    const roster = (session: VoiceSession): Told => session.roster$.pipe(map((all) => JSON.stringify([...all].map(([id, { flags, platform }]) => [id, flags, platform]))));
    const lines = (ms: number) => story((voice) => ({ bot: in$(voice, HERE, roster) }), { [ms]: (voice) => voice.join('7', client) }).map((line) => line.split(' ')[2]);
    expect(lines(5).at(-1)).toBe('[["7",2,1]]');
    expect(lines(100).at(-1)).toBe('[["7",2,1]]');
  });
});

describe('an encrypted call', () => {
  it('holds what plays until somebody is there, renews its epoch with who comes and goes, and is heard through', () => {
    const notes = story(
      (voice) => ({ sent: voice.packets$.pipe(map(({ payload, epoch }) => `${payload.length === 4 ? `frame ${payload[2]}` : 'silence'} of ${epoch}`)), bot: in$(voice, HERE, (session) => merge(secure(session), hears(session), session.play(testFrames(5)).pipe(switchMap(() => [])))) }),
      { 100: (voice) => voice.join('7'), 145: (voice) => voice.join('8'), 165: (voice) => voice.speak('7', testFrames(1, 9)), 180: (voice) => voice.leave('8') },
      { dave: true },
    ).filter((line) => !/silence|hears 3 bytes/.test(line));
    expect(notes).toEqual([
      '60 bot alone -', '100 bot forming -', '100 bot secure 1 30 7', '100 sent frame 0 of 1', '120 sent frame 1 of 1', '140 sent frame 2 of 1',
      '145 bot secure 2 30 7 8', '160 sent frame 3 of 2', '165 bot hears frame 9 of 7', '180 bot secure 3 30 7', '180 sent frame 4 of 3',
    ]); // prettier-ignore
  });

  it('is one of two bots as well, and is formed anew after an Identify', () => {
    const notes = story((voice) => ({ one: in$(voice, HERE, (session) => merge(secure(session), hears(session))), other: in$(voice.bot('31'), OTHER_BOT, plays(2)) }), { 300: (voice) => voice.close(4006) }, { dave: true });
    expect(notes.filter((line) => / one /.test(line)).map((line) => line.replace(/^\d+ one /, ''))).toEqual([
      'secure 1 30 31', 'hears frame 0 of 31', 'hears frame 1 of 31', 'secure 2 30', 'forming -', 'alone -',
    ]); // prettier-ignore
  });

  it('is never formed where the group goes unanswered', () => {
    const notes = story((voice) => ({ bot: in$(voice, HERE, secure) }), { 5: (voice) => voice.join('7') }, { dave: true, silent: ['dave'] });
    expect(notes).toEqual([]);
  });
});
