/** The pump's way to a voice server: frames through the end-to-end encryption to the sender, the news that we speak by opcode 5. */
import type { FrameCipher } from '../../media/frame-cipher.js';
import type { MediaLink } from '../../media/send/link.js';
import type { Sender, SentPacket } from '../../media/send/sender.js';
import { speaking } from '../../protocol/commands.js';
import type { SpeakingFlags } from '../../types.js';
import type { MediaSlot } from './media-slot.js';

export class VoiceLink implements MediaLink {
  readonly #sender: Sender;
  readonly #e2ee: { readonly cipher: FrameCipher | null };
  readonly #slot: MediaSlot;

  constructor(sender: Sender, e2ee: { readonly cipher: FrameCipher | null }, slot: MediaSlot) {
    this.#sender = sender;
    this.#e2ee = e2ee;
    this.#slot = slot;
  }

  send(frame: Uint8Array, samples: number): SentPacket {
    const { cipher } = this.#e2ee;
    return this.#sender.send(cipher === null ? frame : cipher.encrypt(frame), samples);
  }

  skip(samples: number): void {
    this.#sender.skip(samples);
  }

  /** On the WebSocket that there is now; while there is none, nothing is said: the resumed one is told again. */
  speaking(flags: SpeakingFlags): void {
    this.#slot.control?.send(speaking(flags, this.#sender.ssrc));
  }
}
