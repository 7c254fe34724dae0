import { from, concatMap, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Pump } from '../../../../src/media/send/pump.js';
import { play } from '../../../../src/media/send/play.js';
import type { PlayOptions } from '../../../../src/media/send/play-options.js';
import { testFrames } from '../../../../src/testing/index.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { HandScheduler } from './hand-scheduler.js';
import { FakeLink, frameOf, mediaStage, times, type Stage } from './stage.js';

function run(body: (stage: Stage) => void, attached = true): string[] {
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const stage = mediaStage({ attached });
    lines = stage.lines;
    body(stage);
    flush();
  });
  return lines;
}

function at(ms: number, act: () => void): void {
  timer(ms).subscribe(act);
}

describe('a source that starves', () => {
  it('is told of once; silence takes its place, up to five frames, and then the session parks', () => {
    const lines = run((stage) => {
      const live = new Subject<Uint8Array>();
      stage.watch(stage.play(live));
      at(0, () => live.next(frameOf(20, 1)));
      at(1_000, () => live.next(frameOf(20, 2)));
      at(1_005, () => live.complete());
    });
    expect(lines).toEqual([
      '0 speaking 1',
      '0 started',
      '0 rtp #0 t0 frame 1',
      '0 sent #0 at 0',
      '20 starved',
      '20 rtp #1 t960 silence',
      '40 rtp #2 t1920 silence',
      '60 rtp #3 t2880 silence',
      '80 rtp #4 t3840 silence',
      '100 rtp #5 t4800 silence',
      '100 speaking 0',
      '1000 speaking 1',
      '1000 rtp #6 t48000 frame 2',
      '1000 sent #6 at 20',
      '1020 finished 2',
      '1020 complete',
      '1020 rtp #7 t48960 silence',
      '1040 rtp #8 t49920 silence',
      '1060 rtp #9 t50880 silence',
      '1080 rtp #10 t51840 silence',
      '1100 rtp #11 t52800 silence',
      '1100 speaking 0',
    ]);
  });

  it('that recovers within the silence goes on without a gap', () => {
    const lines = run((stage) => {
      const live = new Subject<Uint8Array>();
      stage.watch(stage.play(live));
      at(0, () => live.next(frameOf(20, 1)));
      at(45, () => live.next(frameOf(20, 2)));
      at(65, () => live.complete());
    });
    expect(lines.filter((line) => line.includes('rtp')).slice(0, 4)).toEqual([
      '0 rtp #0 t0 frame 1',
      '20 rtp #1 t960 silence',
      '40 rtp #2 t1920 silence',
      '60 rtp #3 t2880 frame 2',
    ]);
  });

  it('is not starved before its first frame, and may end without one', () => {
    const lines = run((stage) => {
      const live = new Subject<Uint8Array>();
      stage.watch(stage.play(live));
      at(300, () => live.complete());
    });
    expect(lines).toEqual(['300 finished 0', '300 complete']);
  });

  it('is told of anew after it has recovered', () => {
    const lines = run((stage) => {
      const live = new Subject<Uint8Array>();
      stage.watch(stage.play(live));
      for (const ms of [0, 50, 100]) at(ms, () => live.next(frameOf(20)));
      at(110, () => live.complete());
    });
    expect(times(lines.filter((line) => line.includes('starved')))).toEqual([20, 80]);
  });

  it('that is fed by who hears that it starves, is heard again, also while it is skipped', () => {
    for (const attached of [true, false]) {
      const lines = run((stage) => {
        const live = new Subject<Uint8Array>();
        let fed = 0;
        stage.play(live, { whenSuspended: 'skip' }).subscribe((event) => {
          stage.note(event.type);
          if (event.type === 'starved' && fed++ < 3) live.next(frameOf(20, fed));
        });
        at(0, () => live.next(frameOf(20, 0)));
        if (!attached) at(20, () => stage.pump.attach(stage.link));
        if (!attached) at(30, () => live.next(frameOf(20, 9)));
        if (!attached) at(45, () => stage.pump.detach());
        at(400, () => live.complete());
      }, attached);
      expect(lines.at(-1)).toMatch(/finished/);
      if (attached) expect(lines.filter((line) => line.includes('frame'))).toHaveLength(4);
    }
  });
});

describe('a connection that goes away and comes back', () => {
  function interrupted(options: PlayOptions): string[] {
    return run((stage) => {
      stage.watch(stage.play(testFrames(40), options));
      at(50, () => stage.pump.detach());
      at(310, () => stage.pump.attach(stage.link));
    });
  }

  it('holds a play: nothing is read, the position is kept, the RTP timestamp moves over the pause', () => {
    const lines = interrupted({ whenSuspended: 'hold' });
    const from = lines.indexOf('50 suspended');
    expect(lines.slice(from, from + 7)).toEqual([
      '50 suspended',
      '310 speaking 0',
      '310 resumed',
      '310 speaking 1',
      '310 rtp #3 t14880 frame 3',
      '310 sent #3 at 60',
      '330 rtp #4 t15840 frame 4',
    ]);
    expect(lines.find((line) => line.includes('finished'))).toBe('1050 finished 40');
  });

  it('skips a live one: it is read on and thrown away, position and RTP timestamp move along', () => {
    const lines = interrupted({ whenSuspended: 'skip' });
    const from = lines.indexOf('50 suspended');
    expect(lines.slice(from, from + 7)).toEqual([
      '50 suspended',
      '310 speaking 0',
      '310 resumed',
      '320 speaking 1',
      '320 rtp #3 t15360 frame 16',
      '320 sent #3 at 320',
      '340 rtp #4 t16320 frame 17',
    ]);
    expect(lines.find((line) => line.includes('finished'))).toBe('800 finished 40');
  });

  it('drops the silence that was owed, and says so', () => {
    const lines = run((stage) => {
      stage.watch(stage.play(testFrames(1)));
      at(30, () => stage.pump.detach());
      at(50, () => stage.pump.attach(stage.link));
    });
    expect(lines.slice(-3)).toEqual(['20 rtp #1 t960 silence', '30 speaking 0', '50 speaking 0']);
  });

  it('holds a play from its beginning, where there is no connection yet', () => {
    const lines = run((stage) => {
      stage.watch(stage.play(testFrames(1)));
      at(100, () => stage.pump.attach(stage.link));
    }, false);
    expect(lines.slice(0, 6)).toEqual([
      '0 suspended',
      '100 speaking 0',
      '100 resumed',
      '100 speaking 1',
      '100 started',
      '100 rtp #0 t0 frame 0',
    ]);
  });

  it('reads nothing of a play that is to be held, when it follows one that is skipped', () => {
    const lines = run((stage) => {
      const tracks = [
        { frames: testFrames(3), options: { whenSuspended: 'skip' } },
        { frames: testFrames(3, 10), options: { whenSuspended: 'hold' } },
      ] as const;
      stage.watch(from(tracks).pipe(concatMap(({ frames, options }) => stage.play(frames, options))));
      at(500, () => stage.pump.attach(stage.link));
    }, false);
    expect(lines.filter((line) => line.includes('frame')).map((line) => line.replace(/ rtp.* f/, ' f'))).toEqual([
      '500 frame 10',
      '520 frame 11',
      '540 frame 12',
    ]);
  });

  it('is of no account to who has left the play meanwhile', () => {
    const lines = run((stage) => {
      const playing = stage.watch(stage.play(testFrames(10)));
      at(50, () => stage.pump.detach());
      at(60, () => playing.unsubscribe());
      at(100, () => stage.pump.attach(stage.link));
    });
    expect(lines.slice(-2)).toEqual(['50 suspended', '100 speaking 0']);
  });

  it('takes the next frames to the new link only', () => {
    const lines = run((stage) => {
      const second = new FakeLink((line) => stage.note(`second ${line}`));
      stage.watch(stage.play(testFrames(4)));
      at(30, () => stage.pump.detach());
      at(50, () => stage.pump.attach(second));
    });
    expect(lines.filter((line) => line.includes('frame')).map((line) => line.replace(/rtp #\d+ t\d+ /, ''))).toEqual([
      '0 frame 0',
      '20 frame 1',
      '50 second frame 2',
      '70 second frame 3',
    ]);
  });

  it('overlaps no frame of 120 ms: it has its time also over a short interruption', () => {
    const lines = run((stage) => {
      stage.watch(stage.play([frameOf(120, 0), frameOf(120, 1)]));
      at(5, () => stage.pump.detach());
      at(10, () => stage.pump.attach(stage.link));
    });
    expect(times(lines.filter((line) => line.includes('frame')))).toEqual([0, 120]);
  });
});

describe('announce', () => {
  it('says again what was said last, where there is a link', () => {
    const lines = run((stage) => {
      stage.pump.announce();
      stage.watch(stage.play(testFrames(2)));
      at(10, () => stage.pump.announce());
      at(500, () => (stage.pump.detach(), stage.pump.announce()));
    });
    expect(lines.filter((line) => line.includes('speaking'))).toEqual(['0 speaking 0', '0 speaking 1', '10 speaking 1', '120 speaking 0']);
  });
});

describe('the end of the session', () => {
  it('completes what plays, unfinished, or errors it; the source is released and nothing more is sent', () => {
    for (const [error, told] of [[undefined, 'complete'], [new TypeError('why'), 'error TypeError']] as const) {
      let observed = true;
      const lines = run((stage) => {
        const live = new Subject<Uint8Array>();
        stage.watch(stage.play(live));
        at(0, () => live.next(frameOf(20)));
        at(30, () => {
          stage.pump.end(error);
          observed = live.observed;
        });
      });
      expect(lines.at(-1)).toBe(`30 ${told}`);
      expect(observed).toBe(false);
    }
  });

  it('may come from a listener of the very frame that is sent', () => {
    const lines = run((stage) => {
      stage.play(testFrames(5)).subscribe({
        next: (event) => event.type === 'sent' && stage.pump.end(undefined),
        complete: () => stage.note('complete'),
      });
    });
    expect(lines).toEqual(['0 speaking 1', '0 started', '0 rtp #0 t0 frame 0', '0 complete'].filter((line) => !line.includes('started')));
  });

  it('in a listener that goes on to another session of the same clock leaves that one a clock that runs', () => {
    const lines = run((stage) => {
      const other = new Pump(stage.clock);
      other.attach(new FakeLink((line) => stage.note(`other ${line}`)));
      stage.play(testFrames(1)).subscribe({
        complete: () => {
          stage.pump.end(undefined);
          stage.watch(play(other, testFrames(2)), 'other ');
        },
      });
    });
    expect(lines.filter((line) => line.includes('other sent'))).toEqual(['20 other sent #0 at 0', '40 other sent #1 at 20']);
  });
});

describe('a cipher that throws', () => {
  it('costs that play, and neither the session nor the others of the clock', () => {
    const lines = run((stage) => {
      let broken = true;
      const other = new Pump(stage.clock);
      other.attach(new FakeLink(() => undefined));
      const link = new FakeLink(stage.note);
      const send = link.send.bind(link);
      link.send = (...args) => {
        if (broken) throw new Error('no key');
        return send(...args);
      };
      stage.pump.attach(link);
      stage.watch(stage.play(testFrames(3)), 'first ');
      stage.watch(play(other, testFrames(3)), 'other ');
      at(300, () => {
        broken = false;
        stage.watch(stage.play(testFrames(1)), 'second ');
      });
    });
    expect(lines).toContain('0 first error Error');
    expect(lines).toContain('60 other finished 3');
    expect(lines).toContain('320 second finished 1');
  });
});

describe('real clocks', () => {
  function handStage(wall = 1_000_000): { scheduler: HandScheduler; stage: Stage } {
    const scheduler = new HandScheduler(wall);
    return { scheduler, stage: mediaStage({ scheduler }) };
  }

  it('a stall of 700 ms: one frame when it is over, marked, its timestamp moved over the gap; then 20 ms between frames', () => {
    const { scheduler, stage } = handStage();
    stage.watch(stage.play(testFrames(10)));
    scheduler.run(50);
    scheduler.stall(700);
    scheduler.run(500);
    expect(stage.packets().slice(2, 7)).toEqual([
      '40 rtp #2 t1920 frame 2',
      '750 rtp #3 t36000 frame 3',
      '770 rtp #4 t36960 frame 4',
      '790 rtp #5 t37920 frame 5',
      '810 rtp #6 t38880 frame 6',
    ]);
  });

  it('a stall of 60 ms: caught up at half durations, no gap in the timestamps', () => {
    const { scheduler, stage } = handStage();
    stage.watch(stage.play(testFrames(10)));
    scheduler.run(30);
    scheduler.stall(70);
    scheduler.run(500);
    const packets = stage.packets().slice(2, 9);
    expect(times(packets)).toEqual([100, 110, 120, 130, 140, 150, 160]);
    expect(packets.map((line) => line.replace(/^\d+ /, ''))).toEqual(
      [2, 3, 4, 5, 6, 7, 8].map((n) => `rtp #${n} t${n * 960} frame ${n}`),
    );
  });

  it('a wall clock set back by an hour, and forward again', () => {
    const { scheduler, stage } = handStage(7_200_000);
    stage.watch(stage.play(testFrames(20)));
    scheduler.run(50);
    scheduler.set(-3_600_000);
    scheduler.run(100);
    expect(stage.packets()).toHaveLength(8);
    expect(jumps(stage)).toBe(0);
    scheduler.set(3_600_000);
    scheduler.run(100);
    expect(jumps(stage)).toBe(1);
    expect(stage.packets()).toHaveLength(13);
  });

  it('a wall clock set back by an hour between two plays: the second begins at once', () => {
    const { scheduler, stage } = handStage(7_200_000);
    stage.watch(stage.play(testFrames(1)));
    scheduler.run(300);
    scheduler.set(-3_600_000);
    const before = stage.packets().length;
    stage.watch(stage.play(testFrames(2)));
    scheduler.run(30);
    expect(stage.packets().length - before).toBe(2);
  });

  it('timers that are late by a varying time: no frame lost, and an hour ends on time', () => {
    const { scheduler, stage } = handStage();
    let i = 0;
    let sent = 0;
    const frame = frameOf(20);
    const frames = { *[Symbol.iterator]() { for (let n = 0; n < 30_000; n++) yield frame; } }; // prettier-ignore
    stage.play(frames).subscribe((event) => (sent += event.type === 'sent' ? 1 : 0));
    scheduler.run(600_000 - 1, () => (i = (i * 31 + 7) % 12));
    expect(sent).toBeGreaterThanOrEqual(29_998);
    expect(jumps(stage)).toBe(0);
  });
});

/** How often the RTP timestamp advanced by more than a frame. */
function jumps(stage: { packets(): string[] }): number {
  const timestamps = stage.packets().map((line) => Number(/ t(\d+)/.exec(line)![1]));
  return timestamps.filter((timestamp, i) => i > 0 && timestamp - timestamps[i - 1]! !== 960).length;
}
