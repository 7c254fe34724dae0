/** Wishes made while the bot is out, between a kick and the rejoin by recovery: none is lost between the two memberships. */
import { asyncScheduler, BehaviorSubject, concat, merge, NEVER, Observable, of, Subject, throwError, timer, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AlreadyJoinedError, connectVoice$, recoverBy, type VoiceTarget } from '../../src/index.js';
import { voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

/** ms: when a moderator has moved the bot from channel 20 to 21; when it is kicked; and when the story ends. */
const MOVED = 160;
const KICKED = 200;
const END = 2_000;

interface Scene {
  readonly voice: VirtualVoice;
  at(ms: number, act: () => void): void;
  join(target?: Partial<VoiceTarget>): Subscription;
}

const after = (ms: number, act: () => void): void => void timer(ms).subscribe(act);

/** A session that is moved, kicked, and back after a while. Every op 4 is a line, `0 20` or `750 21 mute`; so is the end. */
function kicked(target: Partial<VoiceTarget>, act: (scene: Scene) => void = () => undefined, linger = 0): string[] {
  const lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    voice.commands$.subscribe(({ d }) => lines.push(`${asyncScheduler.now()} ${d.channel_id}${d.self_mute ? ' mute' : ''}${d.self_deaf ? ' deaf' : ''}`));
    const recovery = recoverBy({ kicked: { action: 'rejoin' } }, { firstDelay: 300, maxDelay: 300 });
    const join = (more: Partial<VoiceTarget> = {}): Subscription =>
      connectVoice$(voice.gateway, { ...IDS, ...target, ...more }, { ...options, recovery, linger }).subscribe({
        error: (error: unknown) => lines.push(`${asyncScheduler.now()} ${String(error)}`),
        complete: () => lines.push(`${asyncScheduler.now()} completed`),
      });
    const joined = join();
    after(MOVED - 60, () => {
      voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'));
      voice.nameServer('voice.test:443');
    });
    after(KICKED, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null)));
    after(END, () => joined.unsubscribe());
    act({ voice, at: after, join });
    flush();
  });
  return lines;
}

/** Every 10 ms of the whole story: in the channel, informed of the kick, out, and in again. */
const MOMENTS = Array.from({ length: 75 }, (_, i) => MOVED + 10 * i);

describe('a session that is kicked and joins again', () => {
  it('is where a moderator has moved it, where nothing is wished for', () => {
    expect(kicked({})).toEqual(['0 20', '750 21', '2000 null']);
    expect(kicked({ channelId: new BehaviorSubject('20') })).toEqual(['0 20', '750 21', '2000 null']);
    expect(kicked({ channelId: concat(of('20'), NEVER) })).toEqual(['0 20', '750 21', '2000 null']);
  });

  it('goes to the channel that is wished for, whenever that is: also to the one of before', () => {
    for (const moment of MOMENTS) {
      const wish$ = new BehaviorSubject('20');
      const lines = kicked({ channelId: wish$ }, ({ at }) => at(moment, () => wish$.next('20')));
      expect([moment, lines.at(-2)]).toEqual([moment, expect.stringMatching(/^\d+ 20$/)]);
    }
  });

  it('goes to the last of an Observable that would begin anew', () => {
    for (const moment of MOMENTS) {
      const later$ = new Subject<string>();
      const lines = kicked({ channelId: merge(of('20'), later$) }, ({ at }) => at(moment, () => later$.next('22')));
      expect([moment, lines.at(-2)]).toEqual([moment, expect.stringMatching(/^\d+ 22$/)]);
    }
  });

  it('is as mute and deaf as was wished for last', () => {
    for (const moment of MOMENTS) {
      const later$ = new Subject<boolean>();
      const lines = kicked({ selfMute: merge(of(false), later$), selfDeaf: merge(of(true), later$) }, ({ at }) => {
        at(moment, () => later$.next(true));
      });
      expect([moment, lines.at(-2)]).toEqual([moment, expect.stringMatching(/^\d+ 21 mute deaf$/)]);
    }
  });

  it('that lingers is taken over while it is out, to the channel of before, too', () => {
    for (const moment of MOMENTS) {
      const lines = kicked({}, ({ at, join }) => at(moment, () => {
        const next = join({ channelId: '20' });
        at(END - moment, () => next.unsubscribe());
      }), 100);
      expect([moment, lines.at(-2)]).toEqual([moment, expect.stringMatching(/^\d+ 20$/)]);
    }
  });

  it('fails with what a wish fails with meanwhile, and does not join', () => {
    const wish$ = new BehaviorSubject('20');
    expect(kicked({ channelId: wish$ }, ({ at }) => at(500, () => wish$.error(new Error('no such wish'))))).toEqual([
      '0 20',
      '750 Error: no such wish',
    ]);
  });

  it('takes the last wish of an Observable that has ended', () => {
    const wish$ = new BehaviorSubject('20');
    expect(kicked({ channelId: wish$ }, ({ at }) => at(500, () => (wish$.next('22'), wish$.complete())))).toEqual(['0 20', '750 22', '2000 null']);
  });
});

describe('what is wished for', () => {
  /** Counts its subscriptions: all so far, and those now active. */
  const counted = (): { wish$: Observable<string>; counts: { all: number; open: number } } => {
    const counts = { all: 0, open: 0 };
    const wish$ = new Observable<string>((subscriber) => {
      counts.all += 1;
      counts.open += 1;
      subscriber.add(() => (counts.open -= 1));
      subscriber.next('20');
    });
    return { wish$, counts };
  };

  it('is subscribed once by a session, however often it joins, and let go of with it', () => {
    const { wish$, counts } = counted();
    const open: number[] = [];
    kicked({ channelId: wish$ }, ({ at }) => {
      for (const ms of [0, 500, END - 1, END + 1]) at(ms, () => open.push(counts.open));
    });
    expect([open, counts]).toEqual([[1, 1, 1, 0], { all: 1, open: 0 }]);
  });

  it('is let go of by who leaves while the bot is out', () => {
    const { wish$, counts } = counted();
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const recovery = recoverBy({ kicked: { action: 'rejoin' } }, { firstDelay: 300, maxDelay: 300 });
      const joined = connectVoice$(voice.gateway, { ...IDS, channelId: wish$ }, { ...options, recovery }).subscribe();
      after(KICKED, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null)));
      after(500, () => joined.unsubscribe());
      after(501, () => expect(counts.open).toBe(0));
      flush();
    });
    expect(counts).toEqual({ all: 1, open: 0 });
  });

  it('is not listened to where the place is taken, or nothing can be wished', () => {
    const { wish$, counts } = counted();
    let refused: unknown;
    const lines = kicked({}, ({ voice, at }) => at(500, () => {
      connectVoice$(voice.gateway, { ...IDS, channelId: wish$ }).subscribe({ error: (error: unknown) => (refused = error) });
    }));
    expect(refused).toBeInstanceOf(AlreadyJoinedError);
    expect(counts.all).toBe(0);
    expect(lines).toEqual(['0 20', '750 21', '2000 null']);
  });

  it('is told of at once where it fails at once: nothing is sent', () => {
    expect(kicked({ channelId: throwError(() => new Error('no wish')) })).toEqual(['0 Error: no wish']);
    expect(kicked({ selfMute: throwError(() => new Error('no wish')) })).toEqual(['0 Error: no wish']);
  });
});
