/** The pump's path to a voice server: frames go through the end-to-end encryption to the sender, and speaking is announced by opcode 5. */
import type { Seal } from '../../crypto/seal.js';
import { VoiceSocketClosedError } from '../../errors.js';
import type { FrameCipher } from '../../media/frame-cipher.js';
import type { MediaLink } from '../../media/send/link.js';
import type { Sender, SentPacket } from '../../media/send/sender.js';
import { CloseCode } from '../../protocol/close-codes.js';
import { speaking } from '../../protocol/commands.js';
import type { SpeakingFlags } from '../../types.js';
import type { MediaSlot } from './media-slot.js';

/** A new key is requested when fewer nonces than this are left: enough for half an hour of a hundred sessions that share the key. */
export const NONCE_RESERVE = 2 ** 23;

export class VoiceLink implements MediaLink {
  readonly #sender: Sender;
  readonly #seal: Pick<Seal, 'noncesLeft'>;
  readonly #e2ee: { readonly cipher: FrameCipher | null };
  readonly #slot: MediaSlot;
  #rekeying = false;

  constructor(sender: Sender, seal: Pick<Seal, 'noncesLeft'>, e2ee: { readonly cipher: FrameCipher | null }, slot: MediaSlot) {
    this.#sender = sender;
    this.#seal = seal;
    this.#e2ee = e2ee;
    this.#slot = slot;
  }

  send(frame: Uint8Array, samples: number): SentPacket {
    if (this.#seal.noncesLeft < NONCE_RESERVE && !this.#rekeying) this.#rekey();
    const { cipher } = this.#e2ee;
    return this.#sender.send(cipher === null ? frame : cipher.encrypt(frame), samples);
  }

  skip(samples: number): void {
    this.#sender.skip(samples);
  }

  /** Sent on the current WebSocket. While there is none, nothing is sent: it is sent again after the resume. */
  speaking(flags: SpeakingFlags): void {
    this.#slot.control?.send(speaking(flags, this.#sender.ssrc));
  }

  /** Only a new Identify brings a new key. It is not done within the pump's tick, because that would remove the pump's link while it is in use. */
  #rekey(): void {
    this.#rekeying = true;
    this.#slot.after(0, () => this.#slot.fail(new VoiceSocketClosedError(CloseCode.NoncesUsedUp)));
  }
}
