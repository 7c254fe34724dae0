/** Jitter events with their places: what all files of a recording are made from. */
import type { JitterEvent } from '../jitter/event.js';
import type { Place, Timelines } from './timelines.js';

export interface Placed {
  readonly event: JitterEvent;
  /** Of a frame; null for what takes no place: what is lost leaves its own open. */
  readonly place: Place | null;
}

export function toPlaced(timelines: Timelines, event: JitterEvent): Placed {
  return { event, place: event.type === 'frame' ? timelines.place(event.packet) : null };
}
