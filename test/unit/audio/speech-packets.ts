/** Packets for the tests of the jitter buffer and of talk-spurts: their content does not matter, only their timing. */
import type { JitterEvent } from '../../../src/audio/index.js';
import { SILENCE_FRAME } from '../../../src/protocol/silence.js';
import type { VoicePacket } from '../../../src/types.js';

/** 20 ms of Opus, according to the TOC byte. */
export const SPEECH_FRAME: Uint8Array = Uint8Array.of(0x78, 1, 2, 3);
/** 60 ms. */
export const LONG_FRAME: Uint8Array = Uint8Array.of(0x58, 1, 2, 3);

/** Packet `n` of a stream of 20 ms packets, which arrives on time unless `rest` says otherwise. */
export function speech(n: number, rest: Partial<VoicePacket> = {}): VoicePacket {
  return {
    userId: '7',
    ssrc: 7,
    sequence: n & 0xffff,
    timestamp: (n * 960) >>> 0,
    arrival: n * 20,
    marker: false,
    audioLevel: null,
    speaking: null,
    frame: SPEECH_FRAME,
    ...rest,
  };
}

export function silence(n: number, rest: Partial<VoicePacket> = {}): VoicePacket {
  return speech(n, { frame: SILENCE_FRAME, ...rest });
}

/** Short form of events: `5` the frame of sequence 5, `x5` its loss, `L5` a late packet. */
export function short(event: JitterEvent): string {
  switch (event.type) {
    case 'frame':
      return String(event.packet.sequence);
    case 'lost':
      return `x${event.sequence}`;
    case 'late':
      return `L${event.packet.sequence}`;
  }
}
