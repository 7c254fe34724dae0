/** Separate records of the speaker, the listener and the network between them, to be compared with each other. */
import { Subject, takeUntil } from 'rxjs';
import { reorder, type JitterEvent } from '../../src/audio/index.js';
import type { PlayEvent, VoicePacket, VoiceSession } from '../../src/index.js';
import { lossy, type LossyOptions, type LoopbackVoiceServer } from '../../src/server/index.js';
import { hex } from './encrypted-call.js';

/** The silence frames after a play; they are numbered and sent like all others. */
export const SILENCE_FRAMES = 5;

/** What one listener heard of one speaker: the packets as they arrived, and the events of the jitter buffer. */
export class Ear {
  readonly events: JitterEvent[] = [];
  readonly packets: VoicePacket[] = [];
  /** Packets that the jitter buffer dropped: stale ones here, all other copies in `copies`. */
  readonly stale = new Set<number>();
  copies = 0;
  readonly #end$ = new Subject<void>();

  constructor(
    readonly listener: VoiceSession,
    readonly to: string,
    readonly from: string,
  ) {
    const packets$ = listener.receive(from).pipe(takeUntil(this.#end$));
    packets$.subscribe((packet) => this.packets.push(packet));
    const onDrop = (packet: VoicePacket, reason: 'duplicate' | 'stale'): void => {
      if (reason === 'stale' && !this.stale.has(packet.sequence)) this.stale.add(packet.sequence);
      else this.copies += 1;
    };
    packets$.pipe(reorder({ onDrop })).subscribe((event) => this.events.push(event));
  }

  /** No more packets will come; the jitter buffer emits what it holds. */
  end(): void {
    this.#end$.next();
  }

  told(type: JitterEvent['type']): JitterEvent[] {
    return this.events.filter((event) => event.type === type);
  }
}

/**
 * What a speaker sent: each frame by its RTP sequence, counted from the first. If sessions run elsewhere, a late source causes silence in between, which
 * is numbered and heard as well.
 */
export class Mouth {
  readonly #sent: number[] = [];
  readonly #frames = new Map<number, string>();
  readonly #said: readonly Uint8Array[];
  #given = 0;
  #end: number;

  constructor(said: readonly Uint8Array[]) {
    this.#said = said;
    this.#end = said.length;
  }

  /** What it says: for `play()`, once. */
  *frames(): Generator<Uint8Array> {
    for (; this.#given < this.#end; this.#given += 1) yield this.#said[this.#given]!;
  }

  /** Has said enough: so many frames more, and no others. */
  finish(frames: number): void {
    this.#end = Math.min(this.#end, this.#given + frames);
  }

  /** Frames that were asked for. */
  get given(): number {
    return this.#given;
  }

  tell(event: PlayEvent): void {
    if (event.type !== 'sent') return;
    this.#frames.set(event.sequence, hex(this.#said[this.#sent.length]!));
    this.#sent.push(event.sequence);
  }

  /** Number of packets, silence included. */
  get sent(): number {
    return this.place(this.#sent.at(-1)!) + 1 + SILENCE_FRAMES;
  }

  /** RTP sequences, in order. */
  get sequences(): number[] {
    return Array.from({ length: this.sent }, (_, i) => (this.#sent[0]! + i) & 0xffff);
  }

  place(sequence: number): number {
    return (sequence - this.#sent[0]! + 0x10000) & 0xffff;
  }

  /** The frame of a sequence; silence after the last frame, and in gaps. */
  frame(sequence: number): string {
    return this.#frames.get(sequence) ?? 'f8fffe';
  }
}

/** The network between server and listeners, and the packets that it dropped. */
export class Network {
  readonly #dropped = new Map<string, Set<number>>();

  constructor(server: LoopbackVoiceServer, options: LossyOptions) {
    const rule = lossy({ ...options, direction: 'outbound' });
    server.faults.datagrams((packet) => {
      const fate = rule(packet);
      if (fate === 'drop') this.dropped(packet.receiverId!, packet.userId).add(packet.sequence);
      return fate;
    });
  }

  /** RTP sequences that never reached a listener. */
  dropped(to: string, from: string): Set<number> {
    const flow = `${from} ${to}`;
    if (!this.#dropped.has(flow)) this.#dropped.set(flow, new Set());
    return this.#dropped.get(flow)!;
  }
}
