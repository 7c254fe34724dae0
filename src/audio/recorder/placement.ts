/** Gives each packet of a recording its position, the same for all files. */
import { isSilenceFrame, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import type { JitterEvent } from '../jitter/event.js';
import { SsrcTable, type SsrcTableOptions } from '../ssrc-table.js';
import { Timeline, type Place, type Settled, type Timing } from '../timing/timeline.js';
import type { DropReason } from './events.js';
import type { RecordingClock } from './recording-clock.js';
import { SpeakerKeys, type Speaker } from './speaker.js';

/** How long the beginning of a spurt waits for a packet that was faster than its first one; ms. */
export const SETTLE_MS = 250;
/** How far RTP time and arrival may differ, in samples. */
const BOUND = 60 * SAMPLES_PER_MS;
/** An SSRC not heard for this long is forgotten; ms. */
const IDLE_MS = 600_000;

/** How many SSRCs are followed: two per speaker, because a speaker who comes back has a new one. */
export function streamsOf(speakers: number): SsrcTableOptions {
  return { idle: IDLE_MS, maxStreams: 2 * speakers };
}

/** An event of the jitter buffer, with its position. */
export interface Placed {
  readonly event: JitterEvent;
  readonly speaker: Speaker;
  /** The key of the speaker's files. */
  readonly key: string;
  /** In samples of the recording; null for an event that has no position (such as a late packet); or the reason why a packet has none. */
  readonly place: Place | null | DropReason;
}

interface Stream {
  readonly ssrc: number;
  readonly timeline: Timeline<Group>;
  /** The last group that waits. */
  last: Group | undefined;
}

/** An event that waits for its position, and the events after it that need none. */
interface Group extends Omit<Placed, 'place'> {
  readonly behind: Placed[];
}

/** A pure step: takes events in the order of their streams, and returns them with their positions. */
export class Placement {
  readonly #clock: RecordingClock;
  readonly #keys: SpeakerKeys;
  readonly #streams: SsrcTable<Stream>;
  /** Events of forgotten streams that are not returned yet. */
  #left: Placed[] = [];

  /** @param maxSpeakers how many speakers are followed; further ones are not */
  constructor(clock: RecordingClock, maxSpeakers: number) {
    this.#clock = clock;
    this.#keys = new SpeakerKeys(maxSpeakers);
    this.#streams = new SsrcTable<Stream>(
      streamsOf(maxSpeakers),
      (ssrc) => ({ ssrc, timeline: new Timeline({ bound: BOUND, grid: OPUS_GRID, start: 0 }), last: undefined }),
      (stream) => {
        this.#keys.forget(stream.ssrc);
        this.#left.push(...given(stream, stream.timeline.settle()));
      },
    );
  }

  /** When `advance` has something to return, in ms of the recording; undefined for never. */
  get due(): number | undefined {
    let due: number | undefined;
    this.#streams.forEach(({ timeline }) => {
      const own = dueOf(timeline);
      if (own !== undefined && (due === undefined || own < due)) due = own;
    });
    return due;
  }

  /** The same for one SSRC. */
  dueOf(ssrc: number): number | undefined {
    const stream = this.#streams.peek(ssrc);
    return stream && dueOf(stream.timeline);
  }

  /** Returns the events that now have a position: this one, the waiting ones, or none yet. */
  push(event: JitterEvent): Placed[] {
    const speaker = speakerOf(event);
    const key = this.#keys.keyOf(speaker);
    if (key === undefined) return [{ event, speaker, key: '', place: event.type === 'frame' ? 'too-many-speakers' : null }];
    const stream = this.#streams.hear(speaker.ssrc, this.#clock.now());
    const timing = this.#timingOf(event);
    if (typeof timing === 'object' && timing !== null) {
      const group: Group = { event, speaker, key, behind: [] };
      stream.last = group;
      return this.#withLeft(given(stream, stream.timeline.push(group, timing)));
    }
    const placed = { event, speaker, key, place: timing };
    if (stream.last === undefined) return this.#withLeft([placed]);
    stream.last.behind.push(placed);
    return this.#withLeft([]);
  }

  /** Returns what has waited long enough at `now` (ms of the recording). */
  advance(now: number): Placed[] {
    return this.#settle((now - SETTLE_MS) * SAMPLES_PER_MS + 1);
  }

  /** Returns everything that waits. */
  flush(): Placed[] {
    return this.#settle(Number.POSITIVE_INFINITY);
  }

  #settle(until: number): Placed[] {
    const placed: Placed[] = [];
    this.#streams.forEach((stream) => placed.push(...given(stream, stream.timeline.settle(until))));
    return this.#withLeft(placed);
  }

  #withLeft(placed: Placed[]): Placed[] {
    if (this.#left.length === 0) return placed;
    const left = this.#left;
    this.#left = [];
    return [...left, ...placed];
  }

  #timingOf(event: JitterEvent): Timing | 'invalid' | null {
    switch (event.type) {
      case 'late':
        return null;
      case 'lost': {
        const arrival = Math.round(this.#clock.now() * SAMPLES_PER_MS);
        return { timestamp: event.timestamp, samples: event.samples, arrival, heard: false, quiet: false };
      }
      case 'frame': {
        const { timestamp, frame, marker } = event.packet;
        const samples = opusPacketSamples(frame);
        if (typeof samples === 'string') return 'invalid';
        const arrival = this.#clock.samplesAt(event.packet.arrival);
        return { timestamp, samples, arrival, heard: true, quiet: isSilenceFrame(frame), begins: marker };
      }
    }
  }
}

function dueOf({ begin }: Timeline<Group>): number | undefined {
  return begin === undefined ? undefined : begin / SAMPLES_PER_MS + SETTLE_MS;
}

export function speakerOf(event: JitterEvent): Speaker {
  return 'packet' in event ? event.packet : event;
}

/** The events that the timeline has settled, each followed by the events behind it. */
function given(stream: Stream, settled: readonly Settled<Group>[]): Placed[] {
  const all: Placed[] = [];
  for (const { piece, place } of settled) {
    const { event, speaker, key, behind } = piece;
    if (stream.last === piece) stream.last = undefined;
    all.push({ event, speaker, key, place }, ...behind);
  }
  return all;
}
