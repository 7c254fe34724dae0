/** A moderator moves the bot while it is leaving in order to rejoin: the bot returns to the channel it was moved to. */
import { asyncScheduler, BehaviorSubject, Observable, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, gatewayPort, type VoiceTarget } from '../../src/index.js';
import { voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

interface Scene {
  readonly voice: VirtualVoice;
  /** Runs `act` so many ms after the leave that a 4006 causes. */
  onceOut(ms: number, act: () => void): void;
}

/** Every op 4 after the first, `20` or `null`; and the number of gateway listeners in the channel, while leaving, and after the end. */
function story(act: (scene: Scene) => void, target: Partial<VoiceTarget> = {}): { op4: unknown[]; listeners: number[] } {
  const op4: unknown[] = [];
  const listeners: number[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    let open = 0;
    const gateway$ = new Observable<never>((subscriber) => {
      open += 1;
      subscriber.add(voice.gateway.subscribe(subscriber as never));
      subscriber.add(() => (open -= 1));
    });
    const gateway = gatewayPort(gateway$, (command) => voice.gateway.next(command));
    const joined = connectVoice$(gateway, { ...IDS, ...target }, options).subscribe();
    const at = (ms: number, then: () => void): void => void timer(ms).subscribe(then);
    const count = (): void => void listeners.push(open);
    let left: number | undefined;
    const onceOut = (ms: number, then: () => void): void =>
      void voice.commands$.subscribe(({ d }) => {
        if (d.channel_id !== null || (left ?? asyncScheduler.now()) !== asyncScheduler.now()) return;
        left = asyncScheduler.now();
        at(ms, then);
      });
    act({ voice, onceOut });
    onceOut(1, count);
    at(100, count);
    at(130, () => {
      voice.commands$.subscribe(({ d }) => op4.push(d.channel_id));
      voice.close(4006);
    });
    at(9_000, () => joined.unsubscribe());
    at(9_100, count);
    flush();
  });
  return { op4, listeners };
}

const moved = (voice: VirtualVoice): void => {
  voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'));
  voice.nameServer('voice.test:443');
};

describe('a move by a moderator that crosses a leave', () => {
  it.each([0, 1, 5, 9])('is told of %i ms after it: the bot joins where it was moved', (ms) => {
    const { op4 } = story(({ voice, onceOut }) => onceOut(ms, () => moved(voice)));
    expect(op4).toEqual([null, '21', null]);
  });

  it('is followed also by who has wished for the channel of before', () => {
    const { op4 } = story(({ voice, onceOut }) => onceOut(2, () => moved(voice)), { channelId: new BehaviorSubject('20') });
    expect(op4).toEqual([null, '21', null]);
  });

  it.each([1, 3])('gives way to a wish made %i ms after the leave', (ms) => {
    const wish$ = new BehaviorSubject('20');
    const { op4 } = story(({ voice, onceOut }) => {
      onceOut(2, () => moved(voice));
      onceOut(ms, () => wish$.next('20'));
    }, { channelId: wish$ });
    expect(op4).toEqual([null, '20', null]);
  });

  it('does not give way to a wish that was older, though it needed no op 4', () => {
    const wish$ = new BehaviorSubject('20');
    const { op4 } = story(({ voice, onceOut }) => {
      timer(110).subscribe(() => wish$.next('20'));
      onceOut(2, () => moved(voice));
    }, { channelId: wish$ });
    expect(op4).toEqual([null, '21', null]);
  });

  it('is none of ours if it is of somebody else, or of another guild', () => {
    const { op4 } = story(({ voice, onceOut }) => onceOut(2, () => {
      voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21', 'theirs', '31'));
      voice.dispatch('VOICE_STATE_UPDATE', voiceState('11', '21'));
    }));
    expect(op4).toEqual([null, '20', null]);
  });

  it('is not waited for beyond the echo of the leave, nor beyond the session', () => {
    const { op4 } = story(({ voice, onceOut }) => {
      onceOut(2, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null)));
      onceOut(3, () => moved(voice));
    });
    expect(op4).toEqual([null, '20', null]);
    expect(story(() => undefined).listeners).toEqual([1, 1, 0]);
  });
});
