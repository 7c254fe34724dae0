/** Speakers, and recordings of their speech, in virtual time. */
import { asyncScheduler, from, Observable, type ObservableInput } from 'rxjs';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { recordEvents } from '../../../../src/audio/recorder/record-events.js';
import { recordSettings } from '../../../../src/audio/recorder/settings.js';
import type { RecordingEvent, RecordingTarget, RecordOptions } from '../../../../src/audio/index.js';
import { createOpusEncoder } from '../../../../src/audio/opus/encoder.js';
import type { VoicePacket } from '../../../../src/index.js';

export const MS = 48;
const FRAME_MS = 20;

/** A packet of the user, sent and received at `at` ms. */
export function packet(at: number, fields: Partial<VoicePacket> = {}): VoicePacket {
  return {
    userId: '1',
    ssrc: 1,
    sequence: Math.round(at / FRAME_MS) & 0xffff,
    timestamp: (at * MS) >>> 0,
    arrival: at,
    marker: false,
    audioLevel: null,
    speaking: null,
    frame: Uint8Array.of(0xfc, at & 0xff, (at >> 8) & 0xff),
    ...fields,
  };
}

export function frame(at: number, fields: Partial<VoicePacket> = {}): JitterEvent {
  return { type: 'frame', packet: packet(at, fields) };
}

export function lost(at: number): JitterEvent {
  return { type: 'lost', userId: '1', ssrc: 1, sequence: Math.round(at / FRAME_MS) & 0xffff, timestamp: (at * MS) >>> 0, samples: 960 };
}

/** Emits each event at its time on the default scheduler. */
export function timed<T>(values: readonly (readonly [at: number, value: T])[]): Observable<T> {
  return new Observable((subscriber) => {
    let next = 0;
    const start = asyncScheduler.now();
    return asyncScheduler.schedule(function (this) {
      while (next < values.length && values[next]![0] <= asyncScheduler.now() - start) subscriber.next(values[next++]![1]);
      if (next === values.length) subscriber.complete();
      else this.schedule(undefined, values[next]![0] - (asyncScheduler.now() - start));
    }, values[0]?.[0] ?? 0);
  });
}

/** Records events as they arrive, without a jitter buffer. */
export function recordingOf(events: ObservableInput<JitterEvent>, target: RecordingTarget, options: RecordOptions = {}): Observable<RecordingEvent> {
  return from(events).pipe(recordEvents(recordSettings(target, options)));
}

/** Packets of a tone that starts with the first one; real Opus, encoded after silence, as in a call. */
export function toneFrames(frames: number, hertz: number): Uint8Array[] {
  const encoder = createOpusEncoder({ bitrate: 96_000 });
  for (let i = 0; i < 10; i++) encoder.encode(new Int16Array(1_920));
  const packets = Array.from({ length: frames }, (_, index) => {
    const pcm = new Int16Array(1_920);
    for (let i = 0; i < 960; i++) {
      const sample = 12_000 * Math.sin((2 * Math.PI * hertz * (index * 960 + i)) / 48_000);
      pcm[2 * i] = sample;
      pcm[2 * i + 1] = sample;
    }
    return encoder.encode(pcm);
  });
  encoder.free();
  return packets;
}
