/** Stages in virtual time: no end-to-end encryption, an audience, and moves in the middle of a song. */
import { asyncScheduler, merge, NEVER, switchMap, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type VoiceOptions } from '../../src/index.js';
import { testFrames, voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';
import { FakeProvider } from '../unit/driver/dave/fake-provider.js';

const STAGE = '21';

interface Told {
  readonly lines: readonly string[];
  readonly health: readonly string[];
  readonly e2ee: readonly string[];
  readonly frames: readonly number[];
}

function story(act: (voice: VirtualVoice) => void, options: VoiceOptions = {}, until = 3_000): Told {
  const [health, e2ee]: [string[], string[]] = [[], []];
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options: inWorld } = world();
    lines = chronicle(voice);
    const subscription = connectVoice$(voice.gateway, IDS, { ...inWorld, dave: new FakeProvider(), ...options })
      .pipe(
        switchMap((session) =>
          merge(
            session.play(testFrames(50)),
            session.health$.pipe(tap(({ suppressed, ready, reason }) => health.push(`${asyncScheduler.now()} ${ready} ${suppressed}${reason === null ? '' : ` ${reason.slice(0, 32)}`}`))),
            session.e2ee$.pipe(tap(({ status, version }) => e2ee.push(`${asyncScheduler.now()} ${status} ${version}`))),
            NEVER,
          ),
        ),
      )
      .subscribe();
    act(voice);
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  const frames = lines.filter((line) => / frame /.test(line)).map((line) => Number(/ frame (\d+)/.exec(line)![1]));
  return { lines, health, e2ee, frames };
}
const after = (ms: number, act: () => void): void => void timer(ms).subscribe(act);
const suppress = (voice: VirtualVoice, suppressed: boolean, channelId: string = IDS.channelId): void =>
  voice.dispatch('VOICE_STATE_UPDATE', { ...voiceState(IDS.guildId, channelId), suppress: suppressed });
const whole = Array.from({ length: 50 }, (_, i) => i);

describe('a stage', () => {
  it('is no encrypted call, though the client could: a bot that is alone in it plays, and makes no key package', () => {
    const { frames, e2ee, lines } = story(() => undefined);
    expect(frames).toEqual(whole);
    expect(e2ee).toEqual(['60 plain 0']);
    expect(lines.filter((line) => / > 26/.test(line))).toEqual([]);
  });

  it('has an audience, which the health tells of, and nothing is held for it', () => {
    const { health, frames } = story((voice) => {
      after(65, () => suppress(voice, true));
      after(300, () => suppress(voice, true));
      after(500, () => suppress(voice, false));
    });
    expect(health.slice(0, 3)).toEqual(['60 true false', '65 false true in the audience of a stage, wher', '500 true false']);
    expect(frames).toEqual(whole);
  });

  it('says so before the session is ready, where the voice state came first', () => {
    const { health } = story((voice) => after(10, () => suppress(voice, true)));
    expect(health[0]).toMatch(/^60 false true/);
  });

  it('voice, stage, voice in mid-song: held while it moves, and the song goes on where it was', () => {
    const move = (voice: VirtualVoice, channelId: string, suppressed: boolean): void => {
      suppress(voice, suppressed, channelId);
      voice.nameServer('voice.test:443');
    };
    const { frames, health, lines } = story((voice) => {
      after(300, () => move(voice, STAGE, true));
      after(500, () => suppress(voice, false, STAGE));
      after(700, () => move(voice, IDS.channelId, false));
    });
    expect(frames).toEqual(whole);
    expect(health.map((line) => line.replace(/^(\d+ \w+ \w+).*/, '$1'))).toEqual([
      '60 true false',
      '300 false true',
      '300 false true',
      '300 false true',
      '340 false true',
      '500 true false',
      '700 false false',
      '700 false false',
      '740 true false',
      '3000 false false',
    ]);
    expect(lines.filter((line) => / > 0$/.test(line))).toHaveLength(3);
  });

  it('is left behind by a new join: whoever is thrown out and comes back is no audience until told so', () => {
    const { health } = story(
      (voice) => {
        after(100, () => suppress(voice, true));
        after(200, () => voice.close(4006));
      },
      {},
      2_000,
    );
    expect(health.at(-2)).toMatch(/true false$/);
  });
});
