/** A pump over a link in memory, and one list of everything that happened, with its virtual time: `20 rtp #1 t960 frame 1`. */
import { asyncScheduler, type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { FrameClock } from '../../../../src/media/send/clock.js';
import type { MediaLink } from '../../../../src/media/send/link.js';
import { play } from '../../../../src/media/send/play.js';
import type { FrameInput, PlayOptions } from '../../../../src/media/send/play-options.js';
import { Pump } from '../../../../src/media/send/pump.js';
import type { SentPacket } from '../../../../src/media/send/sender.js';
import { isSilenceFrame } from '../../../../src/protocol/silence.js';
import type { PlayEvent } from '../../../../src/types.js';

export class FakeLink implements MediaLink {
  sequence = 0;
  timestamp = 0;
  readonly #note: (line: string) => void;

  constructor(note: (line: string) => void) {
    this.#note = note;
  }

  send(frame: Uint8Array, samples: number): SentPacket {
    const { sequence, timestamp } = this;
    const what = isSilenceFrame(frame) ? 'silence' : `frame ${(frame[1]! << 8) | frame[2]!}`;
    this.#note(`rtp #${sequence} t${timestamp} ${what}`);
    this.sequence += 1;
    this.timestamp += samples;
    return { sequence, timestamp, bytes: frame.length + 32 };
  }

  skip(samples: number): void {
    this.timestamp += samples;
  }

  speaking(flags: number): void {
    this.#note(`speaking ${flags}`);
  }
}

export interface Stage {
  readonly lines: string[];
  readonly pump: Pump;
  readonly clock: FrameClock;
  readonly link: FakeLink;
  /** ms since the stage was created. */
  now(): number;
  note(line: string): void;
  play(frames: FrameInput, options?: PlayOptions): Observable<PlayEvent>;
  /** Subscribes, and records the notifications. */
  watch(plays$: Observable<PlayEvent>, name?: string): Subscription;
  /** Only the datagrams. */
  packets(): string[];
}

/** A pump with its link attached. Every stage has its own clock, so that tests cannot disturb each other. */
export function mediaStage({ scheduler = asyncScheduler, attached = true }: { scheduler?: SchedulerLike; attached?: boolean } = {}): Stage {
  const start = scheduler.now();
  const lines: string[] = [];
  const now = (): number => scheduler.now() - start;
  const note = (line: string): void => void lines.push(`${now()} ${line}`);
  const clock = new FrameClock(scheduler);
  const pump = new Pump(clock);
  const link = new FakeLink(note);
  if (attached) {
    pump.attach(link);
    lines.length = 0;
  }
  return {
    lines,
    pump,
    clock,
    link,
    now,
    note,
    play: (frames, options) => play(pump, frames, options),
    watch: (plays$, name = '') =>
      plays$.subscribe({
        next: (event) => note(name + describe(event)),
        error: (error: unknown) => note(`${name}error ${error instanceof Error ? error.name : String(error)}`),
        complete: () => note(`${name}complete`),
      }),
    packets: () => lines.filter((line) => line.includes(' rtp ')),
  };
}

function describe(event: PlayEvent): string {
  if (event.type === 'sent') return `sent #${event.sequence} at ${event.position}`;
  return event.type === 'finished' ? `finished ${event.frames}` : event.type;
}

/** An Opus packet with a duration in ms, by its TOC byte; `index` identifies it. */
export function frameOf(ms: FrameDuration, index = 0): Uint8Array {
  return Uint8Array.of(TOC[ms], index >>> 8, index, ...(ms === 120 ? [1, 2] : [1]), ...(ms === 80 ? [1] : []));
}

/** CELT 2.5 to 20 ms, SILK 40 and 60 ms, and two SILK frames in one packet (code 1) for 80 and 120 ms. RFC 6716 table 2. */
const TOC = { 2.5: 0xe0, 5: 0xe8, 10: 0xf0, 20: 0xf8, 40: 0x10, 60: 0x18, 80: 0x11, 120: 0x19 } as const;
export type FrameDuration = keyof typeof TOC;
export const FRAME_DURATIONS = [2.5, 5, 10, 20, 40, 60, 120] as const satisfies readonly FrameDuration[];

/** `20, 40`: the times of lines. */
export function times(lines: readonly string[]): number[] {
  return lines.map((line) => Number(line.slice(0, line.indexOf(' '))));
}

/** Runs every due microtask, and those that they queue. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
