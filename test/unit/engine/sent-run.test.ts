import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSent, SentRun, tellSent } from '../../../src/engine/sent-run.js';
import type { WireMessage } from '../../../src/engine/wire.js';

const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const sent = fc.record({ type: fc.constant('sent'), sequence: whole(65_535), timestamp: whole(2 ** 32 - 1), position: fc.double({ min: 0, max: 1e12, noNaN: true }), bytes: whole(4_000) });

it('events that were sent come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(whole(2 ** 40), sent), { maxLength: 60 }), (events) => {
      const run = new SentRun();
      const messages = events.map(([id, value]): WireMessage => ({ type: 'next', id, value }));
      for (const message of messages) if (isSent(message)) run.push(message);
      const told: WireMessage[] = [];
      tellSent(run.take(), (message) => told.push(message));
      expect(told).toEqual(messages);
      expect(run.empty).toBe(true);
    }),
  );
});

it('anything else is no such event', () => {
  expect(isSent({ type: 'complete', id: 1 })).toBe(false);
  expect(isSent({ type: 'next', id: 1, value: { type: 'started' } })).toBe(false);
  // An event with additional fields must not be truncated.
  expect(isSent({ type: 'next', id: 1, value: { type: 'sent', sequence: 1, timestamp: 1, position: 0, bytes: 1, more: 1 } })).toBe(false);
  expect(isSent({ type: 'next', id: 1, value: null })).toBe(false);
});
