import { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Deadline, runIn } from '../../../src/server/timers.js';
import { HandScheduler } from '../media/send/hand-scheduler.js';

function deadline() {
  const scheduler = new HandScheduler();
  const held = new Subscription();
  const passed: number[] = [];
  const subject = new Deadline(scheduler, () => passed.push(scheduler.elapsed), held);
  return { scheduler, held, passed, subject };
}

describe('a deadline', () => {
  it('passes once, at its time', () => {
    const { scheduler, passed, subject } = deadline();
    subject.set(100);
    scheduler.run(500);
    expect(passed).toEqual([100]);
    expect(subject.pending).toBe(false);
  });

  it('is put off without another timer for each time', () => {
    const { scheduler, passed, subject } = deadline();
    subject.set(100);
    for (let i = 0; i < 50; i++) {
      scheduler.run(10);
      subject.putOff(100);
      expect(scheduler.pending.size).toBe(1);
    }
    scheduler.run(1_000);
    expect(passed).toEqual([600]);
    expect(scheduler.wakeUps).toBeLessThan(10);
  });

  it('that is cancelled, or has passed, is not put off', () => {
    const { scheduler, passed, subject } = deadline();
    subject.putOff(10);
    subject.set(100);
    subject.cancel();
    subject.putOff(10);
    scheduler.run(500);
    expect(passed).toEqual([]);
    subject.set(10);
    scheduler.run(50);
    subject.putOff(10);
    scheduler.run(500);
    expect(passed).toEqual([510]);
  });

  it('set anew takes the place of the one before, sooner or later', () => {
    const { scheduler, passed, subject } = deadline();
    subject.set(100);
    subject.set(20);
    scheduler.run(50);
    subject.set(100);
    scheduler.run(500);
    expect(passed).toEqual([20, 150]);
  });

  it('leaves no timer when who holds it lets go', () => {
    const { scheduler, held, passed, subject } = deadline();
    subject.set(100);
    scheduler.run(200);
    subject.set(100);
    held.unsubscribe();
    expect(scheduler.pending.size).toBe(0);
    scheduler.run(500);
    expect(passed).toEqual([100]);
  });
});

describe('runIn', () => {
  it('runs at once for 0, later for more, and not at all when called off', () => {
    const scheduler = new HandScheduler();
    const held = new Subscription();
    const ran: string[] = [];
    runIn(0, scheduler, held, () => ran.push(`now at ${scheduler.elapsed}`));
    runIn(20, scheduler, held, () => ran.push(`later at ${scheduler.elapsed}`));
    runIn(40, scheduler, held, () => ran.push('never'));
    scheduler.run(30);
    held.unsubscribe();
    scheduler.run(100);
    expect(ran).toEqual(['now at 0', 'later at 20']);
    expect(scheduler.pending.size).toBe(0);
  });
});
