/** Replaces the voice server of a session: emits the sent audio to observers. */
import { Subject } from 'rxjs';
import type { MediaLink } from '../../media/send/link.js';
import type { SentPacket } from '../../media/send/sender.js';
import { uint16Add, uint32Add } from '../../protocol/wrap.js';
import type { OpusFrame, SpeakingFlags } from '../../types.js';

/** The bytes of RTP header, tag and nonce of the AES mode. */
const OVERHEAD_BYTES = 12 + 16 + 4;

export class RecordingLink implements MediaLink {
  readonly frames$ = new Subject<OpusFrame>();
  readonly speaking$ = new Subject<SpeakingFlags>();
  #sequence = 0;
  #timestamp = 0;

  send(frame: Uint8Array, samples: number): SentPacket {
    const sent = { sequence: this.#sequence, timestamp: this.#timestamp, bytes: frame.length + OVERHEAD_BYTES };
    this.#sequence = uint16Add(this.#sequence, 1);
    this.#timestamp = uint32Add(this.#timestamp, samples);
    this.frames$.next(frame.slice());
    return sent;
  }

  skip(samples: number): void {
    this.#timestamp = uint32Add(this.#timestamp, samples);
  }

  speaking(flags: SpeakingFlags): void {
    this.speaking$.next(flags);
  }
}
