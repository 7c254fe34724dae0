/** What the jitter buffer guarantees for any stream. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitterBuffer, type JitterEvent } from '../../../../src/audio/index.js';
import type { VoicePacket } from '../../../../src/types.js';
import { speech } from '../speech-packets.js';

const MAX_DELAY = 120;

/** What the network does to a packet: how many copies arrive, and how late (ms). */
const fate = fc.record({
  copies: fc.constantFrom(1, 1, 1, 1, 1, 1, 0, 0, 2, 3),
  late: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(400) }),
});
const network = fc.record({
  first: fc.constantFrom(0, 1_000, 65_500),
  fates: fc.array(fate, { minLength: 1, maxLength: 120 }),
  /** How long after `due` the buffer is advanced; null: only packets advance it. */
  slack: fc.constantFrom(0, 0, 3, 50, null),
});

interface Run {
  readonly buffer: JitterBuffer;
  readonly events: readonly JitterEvent[];
  readonly pushed: readonly VoicePacket[];
  readonly dropped: readonly VoicePacket[];
  /** The longest time that a packet was still held after a step; ms. */
  readonly longest: number;
}

/** Sends a stream through the network into a buffer. */
function run({ first, fates, slack }: { first: number; fates: readonly { copies: number; late: number }[]; slack: number | null }): Run {
  const pushed = fates
    .flatMap(({ copies, late }, i) =>
      Array.from({ length: copies }, (_, copy) => speech(first + i, { arrival: (first + i) * 20 + late * (copy + 1) })),
    )
    .sort((a, b) => a.arrival - b.arrival);
  const events: JitterEvent[] = [];
  const dropped: VoicePacket[] = [];
  const waiting = new Map<VoicePacket, number>();
  const buffer = new JitterBuffer({ maxDelay: MAX_DELAY, onDrop: (packet) => void (dropped.push(packet), waiting.delete(packet)) });
  let longest = 0;
  const take = (told: readonly JitterEvent[], now: number): void => {
    for (const event of told) if (event.type !== 'lost') waiting.delete(event.packet);
    events.push(...told);
    expect(buffer.held).toBe(waiting.size);
    for (const since of waiting.values()) longest = Math.max(longest, now - since);
  };
  for (const packet of pushed) {
    for (let due = buffer.due; slack !== null && due !== undefined && due + slack <= packet.arrival; due = buffer.due) {
      const told = buffer.advance(due + slack);
      // When advanced on time, it must return something; otherwise the caller would loop forever.
      expect(told.length).toBeGreaterThan(0);
      take(told, due + slack);
    }
    waiting.set(packet, packet.arrival);
    take(buffer.push(packet, packet.arrival), packet.arrival);
  }
  take(buffer.flush(), 0);
  expect(waiting.size).toBe(0);
  return { buffer, events, pushed, dropped, longest };
}

/** The sequence number of an event that fills a place; undefined for a late packet. */
function placeOf(event: JitterEvent): number | undefined {
  if (event.type === 'late') return undefined;
  return event.type === 'frame' ? event.packet.sequence : event.sequence;
}

describe('any stream through any network', () => {
  it('each place between first and last is told exactly once, in order', () => {
    fc.assert(
      fc.property(network, (input) => {
        const places = run(input).events.map(placeOf).filter((place) => place !== undefined);
        expect(places).toEqual(places.map((_, i) => (places[0]! + i) & 0xffff));
      }),
    );
  });

  it('no packet is told twice, and each one is told, or dropped and counted', () => {
    fc.assert(
      fc.property(network, (input) => {
        const { buffer, events, pushed, dropped } = run(input);
        const told = events.flatMap((event) => (event.type === 'lost' ? [] : [event.packet]));
        const once = new Set(told.map(({ sequence }) => sequence));
        expect(once.size).toBe(told.length);
        expect(new Set([...told, ...dropped])).toEqual(new Set(pushed));
        const { counts } = buffer;
        expect(told.length + dropped.length).toBe(counts.pushed);
        expect(counts.frames + counts.late + counts.duplicates + counts.stale).toBe(counts.pushed);
        expect(counts).toMatchObject({ pushed: pushed.length, restarts: 0 });
      }),
    );
  });

  it('late is told only of a place that was told as lost, and the books are right', () => {
    fc.assert(
      fc.property(network, (input) => {
        const { buffer, events } = run(input);
        const lost = new Set<number>();
        for (const event of events) {
          if (event.type === 'lost') lost.add(event.sequence);
          else if (event.type === 'late') expect(lost.delete(event.packet.sequence)).toBe(true);
        }
        expect(buffer.counts.lost - buffer.counts.late).toBe(lost.size);
        // In the end only packets that never arrived are missing, among the places from the first reported one to the last.
        const places = events.map(placeOf).filter((place) => place !== undefined);
        const from = places.length === 0 ? 0 : (places[0]! - input.first) & 0xffff;
        const never = input.fates.slice(from, from + places.length).filter(({ copies }) => copies === 0);
        expect(lost.size).toBe(never.length);
      }),
    );
  });

  it('nothing is held past maxDelay, as long as the buffer is asked when it wants to be', () => {
    fc.assert(
      fc.property(network, (input) => {
        const { longest } = run({ ...input, slack: 0 });
        expect(longest).toBeLessThan(MAX_DELAY);
      }),
    );
  });

  it('what is lost has the timestamp that its packet had', () => {
    fc.assert(
      fc.property(network, (input) => {
        for (const event of run(input).events) {
          if (event.type !== 'lost') continue;
          const n = input.first + ((event.sequence - input.first) & 0xffff);
          expect([event.timestamp, event.samples]).toEqual([(n * 960) >>> 0, 960]);
        }
      }),
    );
  });
});

describe('anything at all', () => {
  const hostile = fc.record({
    sequence: fc.oneof(fc.nat(65_535), fc.nat(1_200), fc.nat(40)),
    timestamp: fc.nat(2 ** 32 - 1),
    marker: fc.boolean(),
    frame: fc.uint8Array({ maxLength: 4 }),
    /** ms since the previous packet; the clock may be set back. */
    step: fc.oneof(fc.nat(40), fc.integer({ min: -100_000, max: 100_000 })),
  });

  it('is held within bounds, told once, and never makes more of itself than its reach', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 300 }), (inputs) => {
        const buffer = new JitterBuffer();
        const seen = new Set<VoicePacket>();
        let now = 0;
        const take = (events: readonly JitterEvent[]): void => {
          expect(events.length).toBeLessThan(2_500);
          for (const event of events) {
            if (event.type === 'lost') continue;
            expect(seen.has(event.packet)).toBe(false);
            seen.add(event.packet);
          }
        };
        for (const { step, ...fields } of inputs) {
          now += step;
          take(buffer.push(speech(0, { ...fields, arrival: now }), now));
          expect(buffer.held).toBeLessThanOrEqual(1_002);
        }
        take(buffer.flush());
        const { counts } = buffer;
        expect(buffer.held).toBe(0);
        expect(counts.frames + counts.late + counts.duplicates + counts.stale).toBe(inputs.length);
        expect(seen.size).toBe(counts.frames + counts.late);
      }),
    );
  });

  it('does not stop it for long: a sound stream passes soon after', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 100 }), fc.nat(65_535), (inputs, first) => {
        const buffer = new JitterBuffer();
        let now = 0;
        for (const { step, ...fields } of inputs) buffer.push(speech(0, { ...fields, arrival: now }), (now += step));
        // Packets are late if they fall on places reported as lost, but at most as many as the buffer remembers.
        const told = Array.from({ length: 600 }, (_, i) => buffer.push(speech(first + i, { arrival: now + 20 * i }), now + 20 * i));
        expect(told.at(-1)!.at(-1)).toMatchObject({ type: 'frame' });
        if (buffer.counts.late === 0) expect(told[39]!.at(-1)).toMatchObject({ type: 'frame' });
      }),
    );
  });
});
