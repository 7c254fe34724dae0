import { describe, expect, it } from 'vitest';
import { VirtualTimeScheduler } from 'rxjs';
import { ReadMarks } from '../../../../src/server/media/read-marks.js';

function stage(): { marks: ReadMarks; sent: Buffer[]; done: string[]; pass: (ms: number) => void } {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  const sent: Buffer[] = [];
  const marks = new ReadMarks((mark) => sent.push(Buffer.from(mark)), scheduler);
  const pass = (ms: number): void => {
    scheduler.maxFrames += ms;
    scheduler.flush();
    scheduler.frame = scheduler.maxFrames;
  };
  return { marks, sent, done: [], pass };
}

describe('marks in the queue of a socket', () => {
  it('have each thing happen as its mark is read, in order', () => {
    const { marks, sent, done } = stage();
    for (const name of ['a', 'b', 'c']) marks.behind(() => done.push(name));
    expect([done, sent.length]).toEqual([[], 3]);
    for (const [i, mark] of sent.entries()) {
      marks.came(mark);
      expect(done.length).toBe(i + 1);
    }
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('that are lost have those before them happen with the next', () => {
    const { marks, sent, done, pass } = stage();
    for (const name of ['a', 'b']) marks.behind(() => done.push(name));
    marks.came(sent[1]!);
    expect(done).toEqual(['a', 'b']);
    marks.came(sent[0]!);
    marks.behind(() => done.push('c'));
    marks.came(sent[1]!);
    expect(done).toEqual(['a', 'b']);
    pass(99);
    expect(sent.length).toBe(3);
    pass(1);
    expect(sent[3]).toEqual(sent[2]);
    marks.came(sent[3]!);
    marks.came(sent[2]!);
    expect(done).toEqual(['a', 'b', 'c']);
    pass(10_000);
    expect(sent.length).toBe(4);
  });

  it('are none of what asks while it happens', () => {
    const { marks, sent, done } = stage();
    marks.behind(() => marks.behind(() => done.push('later')));
    marks.came(sent[0]!);
    expect([done, sent.length]).toEqual([[], 2]);
    marks.came(sent[1]!);
    expect(done).toEqual(['later']);
  });

  it('are not waited for when nothing more is read', () => {
    const { marks, sent, done, pass } = stage();
    marks.behind(() => {
      done.push('a');
      marks.behind(() => done.push('b'));
    });
    marks.end();
    expect(done).toEqual(['a', 'b']);
    pass(1_000);
    expect(sent.length).toBe(2);
  });

  it('are four bytes: nothing happens by others', () => {
    const { marks, done } = stage();
    marks.behind(() => done.push('a'));
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(4), Buffer.alloc(5, 255)]) marks.came(bytes);
    expect(done).toEqual([]);
  });
});
