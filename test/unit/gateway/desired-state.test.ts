/** The desired state, and the part of it that op 4 sends. */
import fc from 'fast-check';
import { asyncScheduler, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ChannelMemory } from '../../../src/gateway/channel-memory.js';
import { DesiredState, type VoiceStateWish } from '../../../src/gateway/desired-state.js';
import { virtualTime } from '../../support/virtual-time.js';

interface Scene {
  readonly desired: DesiredState;
  readonly memory: ChannelMemory;
  at(ms: number, act: () => void): void;
  /** From now on op 4 cannot be sent, or can be sent again. */
  cannotSend(on: boolean): void;
}

/** Every op 4 is a line: `0 20`, `5 20 mute deaf`, with `>` if the channel changes. */
function run(body: (scene: Scene) => void): string[] {
  const lines: string[] = [];
  virtualTime(({ flush }) => {
    let sendable = true;
    const memory = new ChannelMemory();
    const desired = new DesiredState(asyncScheduler, memory, ({ channelId, mute, deaf }, moves) => {
      if (sendable) lines.push(`${asyncScheduler.now()} ${moves ? '>' : ''}${channelId}${mute ? ' mute' : ''}${deaf ? ' deaf' : ''}`);
      return sendable;
    });
    body({ desired, memory, at: (ms, act) => void timer(ms).subscribe(act), cannotSend: (on) => (sendable = !on) });
    flush();
  });
  return lines;
}

const IN_20: VoiceStateWish = { channelId: '20', mute: false, deaf: false };

describe('DesiredState', () => {
  it('says nothing before all is known, and then says it at once', () => {
    expect(run(({ desired, at }) => {
      desired.want({ mute: true });
      desired.wantChannel('20', true);
      at(7, () => desired.want({ deaf: false }));
    })).toEqual(['7 >20 mute']);
  });

  it('says nothing twice', () => {
    expect(run(({ desired, at }) => {
      desired.want(IN_20);
      for (let ms = 1; ms <= 200; ms += 1) at(ms, () => desired.want(IN_20));
    })).toEqual(['0 >20']);
  });

  it('gathers what changes within a tick: the first is said at once, and the last', () => {
    expect(run(({ desired, at }) => {
      desired.want(IN_20);
      at(50, () => {
        for (let i = 0; i < 200; i += 1) desired.want({ mute: i % 2 === 0 });
      });
      at(60, () => {
        for (let i = 0; i < 200; i += 1) desired.want({ mute: i % 2 === 0, deaf: i % 3 === 0 });
      });
      at(70, () => {
        desired.want({ mute: true });
        desired.wantChannel('21', false);
        desired.want({ deaf: true });
      });
      // Five were sent in the last second: the next changes wait, and go out as one.
    })).toEqual(['0 >20', '50 20 mute', '50 20', '60 20 mute deaf', '60 20', '1000 >21 mute deaf']);
  });

  it('keeps to its pace, and the last word counts, within a second', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ pause: fc.nat(400), mute: fc.boolean(), channel: fc.constantFrom('20', '21') }), { maxLength: 400 }), (steps) => {
        const ends: number[] = [];
        const lines = run(({ desired, at }) => {
          desired.want(IN_20);
          let ms = 0;
          for (const { pause, mute, channel } of steps) {
            ms += pause;
            at(ms, () => desired.want({ mute, channelId: channel }));
          }
          ends.push(ms);
        });
        const times = lines.map((line) => parseInt(line, 10));
        for (const from of times) expect(times.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(65);
        const { mute, channel } = steps.at(-1) ?? { mute: false, channel: '20' };
        expect(lines.at(-1)).toMatch(new RegExp(` >?${channel}${mute ? ' mute' : ''}$`));
        expect(times.at(-1)).toBeLessThanOrEqual(ends[0]! + 1_000);
      }),
      { numRuns: 50 },
    );
  });

  it('says again what Discord has forgotten, and says it at once', () => {
    expect(run(({ desired, at }) => {
      desired.want(IN_20);
      at(5, () => desired.repeat());
    })).toEqual(['0 >20', '5 >20']);
  });

  it('tries what could not be said when it is asked to, and not by itself', () => {
    expect(run(({ desired, at, cannotSend }) => {
      desired.want(IN_20);
      at(10, () => {
        cannotSend(true);
        desired.want({ mute: true });
      });
      at(90_000, () => cannotSend(false));
      at(100_000, () => desired.say());
      at(200_000, () => desired.say());
    })).toEqual(['0 >20', '100000 20 mute']);
  });

  it('where somebody else has put us is where we are to be', () => {
    expect(run(({ desired, memory, at }) => {
      desired.wantChannel('20', true);
      desired.want({ mute: false, deaf: false });
      at(10, () => desired.placed('21'));
      at(20, () => desired.want({ mute: true }));
      at(30, () => desired.wantChannel('20', false));
      at(40, () => desired.placed('22'));
      at(50, () => expect(memory.wish('20', true)).toBe('22'));
    })).toEqual(['0 >20', '20 21 mute', '30 >20 mute']);
  });

  it('but a wish that is still to be said is said: it is newer than the move', () => {
    expect(run(({ desired, at }) => {
      for (const channelId of ['20', '21', '22', '23', '24', '25']) at(Number(channelId), () => desired.want({ ...IN_20, channelId }));
      // The fifth one used up the burst.
      at(100, () => desired.placed('30'));
    })).toEqual(['20 >20', '21 >21', '22 >22', '23 >23', '24 >24', '1020 >25']);
  });

  it('says nothing after it was stopped', () => {
    expect(run(({ desired }) => {
      desired.want(IN_20);
      desired.want({ mute: true });
      desired.stop();
    })).toEqual(['0 >20']);
  });
});
