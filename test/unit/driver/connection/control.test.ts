import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { control$, type Control } from '../../../../src/driver/connection/control.js';
import { encodeJsonFrame, encodeServerBinary, type ServerFrame } from '../../../../src/protocol/frames.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { fakeControl, FakeSocket, ignored } from '../fake-socket.js';

const OPTIONS = { version: 8, log: () => undefined } as const;

describe('control$', () => {
  it('emits once, at once, and listens to the socket until it is unsubscribed', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const messages$ = cold<string>('--a--b--c');
      const socket = Object.assign(new FakeSocket(), { messages$ });
      expectObservable(control$(socket as never, OPTIONS), '-^----!').toBe('-c', { c: expect.anything() as Control });
      expectSubscriptions(messages$.subscriptions).toBe('-^----!');
    });
  });

  it('loses no message to who listens at once, not even one that the socket holds ready', () => {
    virtualTime(({ cold }) => {
      const socket = Object.assign(new FakeSocket(), { messages$: cold('(ab)', { a: encodeJsonFrame(8, 1), b: encodeJsonFrame(5, 2) }) });
      const seen: ServerFrame[] = [];
      control$(socket as never, OPTIONS).subscribe((control) => control.frames$.subscribe((frame) => seen.push(frame)));
      cold('-x').subscribe(() => expect(seen.map(({ op }) => op)).toEqual([8, 5]));
    });
  });

  it('passes an error of the messages on, and lives on when they complete', () => {
    virtualTime(({ cold, expectObservable }) => {
      const failing = Object.assign(new FakeSocket(), { messages$: cold<string>('---#', {}, 'lost') });
      const silent = Object.assign(new FakeSocket(), { messages$: cold<string>('---|') });
      const c = expect.anything() as Control;
      expectObservable(control$(failing as never, OPTIONS)).toBe('c--#', { c }, 'lost');
      expectObservable(control$(silent as never, OPTIONS), '^ 100ms !').toBe('c', { c });
    });
  });
});

describe('Control.receive', () => {
  it('keeps the last sequence number, of text and of binary frames, of unknown opcodes, and not the highest', () => {
    const { control, say } = fakeControl();
    expect(control.seq).toBeUndefined();
    say(8, {});
    expect(control.seq).toBeUndefined();
    say(5, {}, 0);
    expect(control.seq).toBe(0);
    say(250, null, 65_535);
    expect(control.seq).toBe(65_535);
    control.receive(encodeServerBinary(27, Uint8Array.of(1), 2));
    expect(control.seq).toBe(2);
    say(6, { t: 1 });
    expect(control.seq).toBe(2);
  });

  it('takes binary frames below version 8 without a number, from the moment that Hello says so', () => {
    const { control, say } = fakeControl({ seq: 41 });
    const seen: ServerFrame[] = [];
    control.frames$.subscribe((frame) => seen.push(frame));
    control.version = 4;
    control.receive(Uint8Array.of(27, 1, 2));
    expect(seen).toEqual([{ kind: 'binary', op: 27, seq: undefined, body: Uint8Array.of(1, 2) }]);
    expect(control.seq).toBe(41);
    say(6, 1);
    expect(control.seq).toBe(41);
  });

  it('knows the sequence number before the listener does, and may begin with one', () => {
    const { control, say } = fakeControl({ seq: 41 });
    const seen: unknown[] = [];
    expect(control.seq).toBe(41);
    control.frames$.subscribe(() => seen.push(control.seq));
    say(5, {}, 42);
    expect(seen).toEqual([42]);
  });

  it.each<[string, string | Uint8Array]>([
    ['no JSON', '{op:1'],
    ['no object', '[8]'],
    ['no opcode', '{"d":1,"seq":9}'],
    ['an opcode that is no integer', '{"op":"8"}'],
    ['a binary frame that is cut off', Uint8Array.of(0, 9)],
  ])('logs and leaves out %s', (_, message) => {
    const { control, logged } = fakeControl();
    const seen: unknown[] = [];
    control.frames$.subscribe((frame) => seen.push(frame));
    control.receive(message);
    expect([seen, control.seq]).toEqual([[], undefined]);
    expect(logged).toEqual([{ type: 'ignored', what: 'frame', reason: 'malformed' }]);
  });

  it('takes any message without a throw, and logs opcodes and numbers only', () => {
    const { control, logged } = fakeControl();
    const text = fc.oneof(fc.string(), fc.json(), fc.record({ op: fc.anything(), d: fc.constant('secret'), seq: fc.anything() }).map((v) => {
      try { return JSON.stringify(v) ?? ''; } catch { return ''; }
    })); // prettier-ignore
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 40 })), (message) => control.receive(message)),
      { numRuns: 2_000 },
    );
    expect(JSON.stringify(logged)).not.toContain('secret');
    // Each message is logged once; unsolicited answers, which fast-check sometimes generates, get a second line.
    const unasked = logged.filter((event) => event.type === 'ignored' && event.reason.endsWith('is unanswered'));
    expect(logged).toHaveLength(2_000 + unasked.length);
  });
});

describe('Control.values and request', () => {
  const read = (d: unknown): { readonly n: number } | string => (typeof d === 'number' ? { n: d } : 'is no number');

  it('reads the frames of its opcode; logs what is wrong with the others and goes on', () => {
    const { control, say, logged } = fakeControl();
    const seen: unknown[] = [];
    control.values(6, read).subscribe((value) => seen.push(value));
    say(6, 1);
    say(8, 2);
    say(6, 'x');
    control.receive(encodeServerBinary(6, Uint8Array.of(1), 2));
    say(6, 3);
    expect(seen).toEqual([{ n: 1 }, { n: 3 }]);
    expect(ignored(logged)).toEqual([{ type: 'ignored', what: 'opcode 6', reason: 'is no number' }]);
  });

  it('listens before it sends: an answer within the sending is heard; and takes the first only', () => {
    const { control, socket, say } = fakeControl();
    socket.onSend = () => {
      say(2, 'bad');
      say(2, 7);
      say(2, 8);
    };
    const seen: unknown[] = [];
    control.request(encodeJsonFrame(0, 'q'), 2, read).subscribe({ next: (v) => seen.push(v), complete: () => seen.push('complete') });
    expect(seen).toEqual([{ n: 7 }, 'complete']);
    expect(socket.sent).toEqual([{ op: 0, d: 'q' }]);
  });

  it('stops listening when it is unsubscribed while waiting', () => {
    const { control, say } = fakeControl();
    const seen: unknown[] = [];
    const reading = (d: unknown): ReturnType<typeof read> => (seen.push(d), read(d));
    const waiting = control.request('{"op":0}', 2, reading).subscribe((value) => seen.push(value));
    waiting.unsubscribe();
    say(2, 1);
    expect(seen).toEqual([]);
  });

  it('takes no answer that was not asked for, though somebody listens for its opcode', () => {
    const { control, say } = fakeControl();
    const seen: unknown[] = [];
    control.values(2, read).subscribe((value) => seen.push(value));
    say(2, 1);
    expect(seen).toEqual([]);
  });

  it.each([[2, 'Identify'], [4, 'Select Protocol'], [9, 'Resume']] as const)('an opcode %i that answers no %s is logged, keeps its number, and goes no further', (op, question) => {
    const { control, say, logged } = fakeControl();
    const seen: number[] = [];
    control.frames$.subscribe((frame) => seen.push(frame.op));
    say(op, 1, 7);
    const two = [1, 2].map(() => control.request('{"op":0}', op, read).subscribe());
    say(op, 'bad');
    two[0]!.unsubscribe();
    say(op, 3);
    say(op, 4, 8);
    expect([seen, control.seq, two[1]!.closed]).toEqual([[op, op], 8, true]);
    const unasked = { type: 'ignored', what: `opcode ${op}`, reason: `no ${question} is unanswered` };
    const unread = { ...unasked, reason: 'is no number' };
    expect(ignored(logged)).toEqual([unasked, unread, unread, unasked]);
  });

  it('logs the opcode of what it is about to send, text and bytes, and nothing else of it', () => {
    const { control, logged, say, socket } = fakeControl();
    socket.onSend = () => say(6, null, 7);
    control.send(encodeJsonFrame(0, { token: 'secret' }));
    socket.onSend = () => undefined;
    control.send(Uint8Array.of(26, 1, 2));
    expect(logged).toEqual([
      { type: 'frame', direction: 'out', op: 0, seq: null },
      { type: 'frame', direction: 'in', op: 6, seq: 7 },
      { type: 'frame', direction: 'out', op: 26, seq: null },
    ]);
  });

  it('hands sending and giving up to the socket', () => {
    const { control, socket } = fakeControl();
    control.send('{"op":5}');
    control.drop(4_900, 'silent');
    expect([socket.sent, socket.dropped]).toEqual([[{ op: 5 }], [[4_900, 'silent']]]);
  });
});
