/** Other members of a virtual call, as the session of a bot sees and hears them. */
import { asyncScheduler, filter, map, skipWhile, take, takeUntil, timer } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { talkSpurts } from '../../../src/audio/index.js';
import { connectVoice$, SILENCE_FRAME, useSession, type VoiceSession } from '../../../src/index.js';
import { loadSodium } from '../../../src/crypto/xchacha.js';
import { ENCRYPTION_MODES, type EncryptionMode } from '../../../src/protocol/encryption-modes.js';
import { testFrame, testFrames, voiceState, type VirtualVoice } from '../../../src/testing/index.js';
import { IDS, virtualTime, world } from '../../support/virtual-time.js';

/** Actions by the ms at which they run. The bot is ready at 60. */
type Scene = Readonly<Record<number, (voice: VirtualVoice) => void>>;

/** A bot in the call for a second; returns what `watch` notes of its session, with the time. */
function call(scene: Scene, watch: (session: VoiceSession, note: (what: string) => void) => void, modes?: readonly EncryptionMode[]): string[] {
  const notes: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world(modes === undefined ? {} : { modes });
    for (const [ms, act] of Object.entries(scene)) timer(Number(ms)).subscribe(() => act(voice));
    const session$ = connectVoice$(voice.gateway, IDS, options).pipe(
      useSession((session) => {
        watch(session, (what) => notes.push(`${asyncScheduler.now()} ${what}`));
        return timer(1_000);
      }),
    );
    session$.subscribe();
    flush();
  });
  return notes;
}

describe('members', () => {
  const members = (session: VoiceSession, note: (what: string) => void): void =>
    void session.members$.subscribe((set) => note([...set].join(' ') || '-'));

  it('come and go; who was there before is told of when the bot comes', () => {
    const scene: Scene = {
      5: (voice) => voice.join('1'),
      6: (voice) => voice.join('2'),
      7: (voice) => voice.leave('2'),
      100: (voice) => voice.join('3'),
      110: (voice) => voice.join('3'),
      120: (voice) => voice.leave('1'),
      130: (voice) => voice.leave('1'),
      140: (voice) => voice.leave('3'),
    };
    expect(call(scene, members)).toEqual(['60 -', '60 1', '100 1 3', '120 3', '140 -']);
  });

  it('are told of again after the bot has identified anew', () => {
    const scene: Scene = { 70: (voice) => voice.join('1'), 100: (voice) => voice.nameServer('other.test:443') };
    // After a server that is named alone, there are 100 ms for the voice state of a move.
    expect(call(scene, members).filter((line) => /^2[0-9][0-9] /.test(line))).toEqual(['200 -', expect.stringMatching(/^2\d\d 1$/)]);
  });

  it('are seen on the bot gateway, where the bot is, as Discord tells it', () => {
    const seen: unknown[] = [];
    virtualTime(() => {
      const { voice } = world();
      voice.gateway.subscribe((payload) => seen.push(payload));
      voice.join('1');
      voice.leave('1');
    });
    const [there, gone] = [IDS.channelId, null].map((channelId) => ({ op: 0, t: 'VOICE_STATE_UPDATE', d: voiceState(IDS.guildId, channelId, 'session of 1', '1') }));
    expect(seen).toEqual([there, gone]);
  });
});

describe('speech', () => {
  beforeAll(() => loadSodium());

  const hear = (session: VoiceSession, note: (what: string) => void): void =>
    void session.receive().subscribe(({ userId, sequence, timestamp, audioLevel, frame }) => {
      const what = frame.join() === SILENCE_FRAME.join() ? 'silence' : `frame ${frame[2]}`;
      note(`${userId} #${sequence} t${timestamp / 48} ${what} ${audioLevel?.voice ? audioLevel.level : `(${audioLevel?.level})`}`);
    });

  it.each(ENCRYPTION_MODES)('is heard at its pace, with its level and the silence after it: %s', (mode) => {
    expect(call({ 100: (voice) => voice.speak('1', testFrames(2, 7), { level: 12 }) }, hear, [mode])).toEqual([
      '100 1 #0 t100 frame 7 12',
      '120 1 #1 t120 frame 8 12',
      ...[140, 160, 180, 200, 220].map((at, i) => `${at} 1 #${i + 2} t${at} silence (127)`),
    ]);
  });

  it('begins and ends by opcode 5, whoever comes first or has said something before', () => {
    const scene: Scene = {
      100: (voice) => voice.speak('1', testFrames(1)),
      110: (voice) => voice.speak('2', testFrames(1)),
      500: (voice) => voice.speak('1', testFrames(1)),
    };
    const speaking = call(scene, (session, note) => void session.speaking$.subscribe(({ userId, ssrc, speaking }) => note(`${userId} ${ssrc} ${speaking}`)));
    expect(speaking).toEqual(['100 1 2001 1', '110 2 2002 1', '200 1 2001 0', '210 2 2002 0', '500 1 2001 1', '600 1 2001 0']);
  });

  it('follows what is being said, frames of any length at their pace', () => {
    const sixty = Uint8Array.of(0xff, 3, 1, 2, 3); // CELT, fullband, three frames of 20 ms
    const scene: Scene = {
      100: (voice) => {
        voice.speak('1', [sixty], { level: 5 });
        voice.speak('1', [testFrame(9)]);
      },
      170: (voice) => voice.speak('1', [testFrame(10)], { level: 0 }),
      200: (voice) => voice.speak('1', []),
    };
    expect(call(scene, hear).slice(0, 4)).toEqual([
      '100 1 #0 t100 frame 1 5',
      '160 1 #1 t160 frame 9 30',
      '180 1 #2 t180 frame 10 0',
      '200 1 #3 t200 silence (127)',
    ]);
  });

  it('is cut off when its speaker leaves; an endless one is never read further than it is heard', () => {
    let read = 0;
    const endless = function* (): Generator<Uint8Array> {
      for (;;) yield testFrame(read++);
    };
    const heard = call({ 100: (voice) => voice.speak('1', endless()), 150: (voice) => voice.leave('1') }, hear);
    expect(heard.map((line) => line.split(' ')[0])).toEqual(['100', '120', '140']);
    expect(read).toBe(3);
  });

  it('that began before the bot came is heard from then on', () => {
    expect(call({ 10: (voice) => voice.speak('1', testFrames(4)) }, hear)[0]).toMatch(/^70 1 #3 t70 frame 3/);
  });

  it('makes talk spurts', () => {
    const spurts = call({ 100: (voice) => voice.speak('1', testFrames(10)) }, (session, note) => {
      const told$ = session.receive().pipe(talkSpurts(), map(({ userId }) => `spurt of ${userId}`));
      told$.subscribe(note);
    }); // prettier-ignore
    expect(spurts.map((line) => line.replace(/^\d+ /, ''))).toEqual(['spurt of 1']);
  });

  it('is refused where it is no Opus', () => {
    virtualTime(() => {
      const { voice } = world();
      expect(() => voice.speak('1', [new Uint8Array()])).toThrow(/^frame 0 .* is not an Opus packet/);
    });
  });
});

describe('a bot that leaves when it is alone', () => {
  it('stays while somebody is there, and goes with the last', () => {
    const commands: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      voice.commands$.subscribe(({ d }) => commands.push(`${asyncScheduler.now()} ${d.channel_id}`));
      const acts: Scene = { 80: () => voice.join('1'), 120: () => voice.join('2'), 200: () => voice.leave('1'), 240: () => voice.leave('2') };
      for (const [ms, act] of Object.entries(acts)) timer(Number(ms)).subscribe(() => act(voice));
      const alone = (session: VoiceSession) => session.members$.pipe(map(({ size }) => size === 0), skipWhile(Boolean), filter(Boolean), take(1)); // prettier-ignore
      connectVoice$(voice.gateway, IDS, options)
        .pipe(useSession((session) => session.play(testFrames(1_000)).pipe(takeUntil(alone(session)))))
        .subscribe();
      flush();
    });
    expect(commands).toEqual(['0 20', '240 null']);
  });
});
