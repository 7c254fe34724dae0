/** `linger`: the membership that outlives its last subscription. */
import { asyncScheduler, BehaviorSubject, repeat, share, switchMap, take, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, gatewayPort, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { testFrames, voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

interface Scene {
  readonly voice: VirtualVoice;
  readonly options: VoiceOptions;
  /** Subscribes from one time to another, and notes the sessions that are emitted. */
  readonly visit: (name: string, session$: Observable<VoiceSession>, from: number, to: number) => void;
  readonly sessions: Map<string, VoiceSession>;
  readonly note: (line: string) => void;
}

/** Everything but RTP, with its time. */
function scene(body: (scene: Scene) => void): string[] {
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const sessions = new Map<string, VoiceSession>();
    const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
    const visit: Scene['visit'] = (name, session$, from, to) =>
      void timer(from).subscribe(() => {
        const subscription = session$.subscribe({
          next: (session) => {
            sessions.set(name, session);
            note(`${name} session`);
          },
          error: () => note(`${name} error`),
          complete: () => note(`${name} complete`),
        });
        timer(to - from).subscribe(() => subscription.unsubscribe());
      });
    body({ voice, options: { ...options, linger: 1_000 }, visit, sessions, note });
    flush();
  });
  return lines.filter((line) => /op4|socket|session|complete|error/.test(line));
}

describe('linger', () => {
  // A         ^----------!
  // op 4      j----------(1 s)x
  it('leaves that long after the last subscription is gone, and not before', () => {
    const lines = scene(({ voice, options, visit }) => visit('A', connectVoice$(voice.gateway, IDS, options), 0, 500));
    expect(lines).toEqual(['0 op4 20', '20 socket+', '60 A session', '1500 op4 null', '1500 socket-']);
  });

  // A         ^----!
  // B         -------^----!
  it('gives who comes meanwhile the same session, at once', () => {
    let same: unknown;
    const lines = scene(({ voice, options, visit, sessions }) => {
      visit('A', connectVoice$(voice.gateway, IDS, options), 0, 500);
      visit('B', connectVoice$(voice.gateway, IDS, options), 1_499, 2_000);
      timer(1_600).subscribe(() => (same = sessions.get('A') === sessions.get('B')));
    });
    expect(lines).toEqual(['0 op4 20', '20 socket+', '60 A session', '1499 B session', '3000 op4 null', '3000 socket-']);
    expect(same).toBe(true);
  });

  it('moves the session to where the new one wants it: muted first, then moved', () => {
    const lines = scene(({ voice, options, visit }) => {
      visit('A', connectVoice$(voice.gateway, IDS, options), 0, 500);
      visit('B', connectVoice$(voice.gateway, { ...IDS, channelId: '21', selfMute: true }, options), 500, 2_000);
    });
    expect(lines.filter((line) => line.includes('op4'))).toEqual(['0 op4 20', '500 op4 20', '500 op4 21', '3000 op4 null']);
    expect(lines.filter((line) => line.includes('session'))).toEqual(['60 A session', '500 B session']);
  });

  it('does not leave and join when a switchMap goes from channel to channel', () => {
    const channel$ = new BehaviorSubject('20');
    const lines = scene(({ voice, options, visit }) => {
      visit('A', channel$.pipe(switchMap((channelId) => connectVoice$(voice.gateway, { ...IDS, channelId }, options))), 0, 500);
      timer(200).subscribe(() => channel$.next('21'));
    });
    expect(lines.filter((line) => line.includes('op4'))).toEqual(['0 op4 20', '200 op4 21', '1500 op4 null']);
  });

  it('bridges a share that drops to zero, and a play goes on where the next one begins', () => {
    const lines = scene(({ voice, options, note }) => {
      const session$ = connectVoice$(voice.gateway, IDS, options).pipe(share());
      const play = (): void =>
        void session$.pipe(switchMap((session) => session.play(testFrames(3)))).pipe(take(5)).subscribe({ complete: () => note('played, complete') });
      play();
      timer(800).subscribe(play);
    });
    expect(lines.filter((line) => /op4|complete/.test(line))).toEqual(['0 op4 20', '120 played, complete', '860 played, complete', '1860 op4 null']);
  });

  it('ends at once with a kick, and who repeats joins anew', () => {
    const lines = scene(({ voice, options, visit }) => {
      visit('A', connectVoice$(voice.gateway, IDS, options).pipe(repeat(2)), 0, 1_000);
      timer(200).subscribe(() => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null)));
    });
    expect(lines.filter((line) => /op4|session/.test(line))).toEqual(['0 op4 20', '60 A session', '450 op4 20', '510 A session', '2000 op4 null']);
  });

  it('ends at once with an error, and leaves nothing behind', () => {
    const lines = scene(({ voice, options, visit }) => {
      visit('A', connectVoice$(voice.gateway, IDS, options), 0, 1_000);
      timer(200).subscribe(() => voice.close(4016));
      visit('B', connectVoice$(voice.gateway, IDS, options), 300, 400);
    });
    expect(lines.filter((line) => /op4|session|error/.test(line))).toEqual([
      '0 op4 20', '60 A session', '200 op4 null', '200 A error', '300 op4 20', '360 B session', '1400 op4 null',
    ]); // prettier-ignore
  });

  it('keeps guilds, users and gateways apart', () => {
    const lines = scene(({ voice, options, visit }) => {
      const other = world().voice;
      visit('A', connectVoice$(voice.gateway, IDS, options), 0, 500);
      visit('B', connectVoice$(other.gateway, IDS, { ...options, transports: other.transports }), 100, 500);
    });
    expect(lines.filter((line) => line.includes('session'))).toEqual(['60 A session', '160 B session']);
  });

  it('follows the bot, not the port object: a port that is made anew takes the membership over', () => {
    const lines = scene(({ voice, options, visit }) => {
      const anew = () => connectVoice$(gatewayPort(voice.gateway, (command) => voice.gateway.next(command)), IDS, options);
      visit('A', anew(), 0, 500);
      visit('B', anew(), 1_000, 3_000);
    });
    expect(lines.filter((line) => /op4|session/.test(line))).toEqual(['0 op4 20', '60 A session', '1000 B session', '4000 op4 null']);
  });

  it('gives the session to who does not ask to linger, too', () => {
    const lines = scene(({ voice, options, visit }) => {
      visit('A', connectVoice$(voice.gateway, IDS, options), 0, 500);
      visit('B', connectVoice$(voice.gateway, IDS, { ...options, linger: 0 }), 1_000, 3_000);
    });
    expect(lines.filter((line) => /op4|session/.test(line))).toEqual(['0 op4 20', '60 A session', '1000 B session', '4000 op4 null']);
  });

  it('goes where the new one wants it, also back to the channel that a moderator moved it away from', () => {
    const lines = scene(({ voice, options, visit }) => {
      visit('A', connectVoice$(voice.gateway, IDS, options), 0, 500);
      timer(200).subscribe(() => {
        voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'));
        voice.nameServer('voice.test:443');
      });
      visit('B', connectVoice$(voice.gateway, IDS, options), 1_000, 3_000);
    });
    expect(lines.filter((line) => line.includes('op4'))).toEqual(['0 op4 20', '1000 op4 20', '4000 op4 null']);
  });

  it.each([Infinity, 2 ** 31])('of %d never ends by itself, and is ended by a kick', (linger) => {
    const lines = scene(({ voice, options, visit }) => {
      visit('A', connectVoice$(voice.gateway, IDS, { ...options, linger }), 0, 500);
      visit('B', connectVoice$(voice.gateway, IDS, { ...options, linger }), 100_000, 100_100);
      timer(200_000).subscribe(() => voice.kick());
    });
    // There was no leave before or after: the bot is already out.
    expect(lines.filter((line) => /op4|session|socket-/.test(line))).toEqual(['0 op4 20', '60 A session', '100000 B session', '200000 socket-']);
  });

  it('of 0, the default, leaves at once', () => {
    const lines = scene(({ voice, options, visit }) => {
      visit('A', connectVoice$(voice.gateway, IDS, { ...options, linger: 0 }), 0, 500);
      visit('B', connectVoice$(voice.gateway, IDS, { ...options, linger: 0 }), 600, 700);
    });
    expect(lines.filter((line) => line.includes('op4'))).toEqual(['0 op4 20', '500 op4 null', '600 op4 20', '700 op4 null']);
  });
});
