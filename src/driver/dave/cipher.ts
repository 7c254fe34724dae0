/**
 * The gate that every frame passes, outgoing and incoming.
 *
 * Out: while the version in force is above 0, nothing leaves in the clear except frames of silence, which hold no audio. In: a frame that has the
 * form of a DAVE frame is decrypted or dropped, never passed on unchanged. If encryption is required, both also hold at version 0.
 */
import type { FrameCipher, FrameRefusal } from '../../media/frame-cipher.js';
import { isSilenceFrame, SILENCE_FRAME } from '../../protocol/silence.js';
import type { Snowflake } from '../../types.js';
import { resultOf } from './result.js';
import { hasDaveForm } from '../../protocol/dave-frame.js';
import type { GroupKeeper } from './group-keeper.js';
import type { Transitions } from './transitions.js';

/** How many frames were handled in each way. */
export interface DaveCounts {
  readonly encrypted: number;
  /** Replaced by silence, because there were no keys or encryption failed. */
  readonly silenced: number;
  readonly decrypted: number;
  /** Received in the clear and accepted: silence, and what the passthrough rules allow. */
  readonly plain: number;
  /** Dropped: in the clear, while only encrypted frames are accepted. */
  readonly unencrypted: number;
  /** Dropped: no keys for this user. */
  readonly noKey: number;
  /** Dropped: there are keys for this user, but none fits; the frame is forged, damaged, repeated, too old or of another epoch. */
  readonly undecryptable: number;
  /** Dropped: from a user whom the voice gateway has not announced, or has reported as gone. */
  readonly unknownUser: number;
}

/** What the cipher needs from the call around it. */
export interface CipherContext {
  readonly keeper: GroupKeeper;
  readonly transitions: Transitions;
  /** Whether nothing but silence may pass in the clear at any version. */
  readonly required: boolean;
  /** Whether a user is in the call. */
  readonly recognises: (userId: Snowflake) => boolean;
  readonly now: () => number;
  /** A frame of a member was decrypted, or had the right form and was given up. */
  readonly onDecrypt: (decrypted: boolean) => void;
}

/** The cipher of one media session; it uses the version and group of the moment. Never throws. */
export class DaveCipher implements FrameCipher {
  readonly #context: CipherContext;
  readonly #counts: { -readonly [K in keyof DaveCounts]: number } = {
    encrypted: 0, silenced: 0, decrypted: 0, plain: 0, unencrypted: 0, noKey: 0, undecryptable: 0, unknownUser: 0,
  }; // prettier-ignore

  constructor(context: CipherContext) {
    this.#context = context;
  }

  /** How many frames were handled in each way so far. */
  get counts(): DaveCounts {
    return { ...this.#counts };
  }

  /** The frame as it may be sent: unchanged at version 0, else encrypted; silence instead if that is impossible. */
  encrypt(frame: Uint8Array): Uint8Array {
    const { keeper, transitions, required } = this.#context;
    if (isSilenceFrame(frame) || (transitions.version === 0 && !required)) return frame;
    // At version 0 the others have no keys: audio that the session holds must not leave by another path.
    if (transitions.version > 0 && keeper.ready) {
      const encrypted = resultOf(() => keeper.current!.encrypt(frame));
      if (encrypted.ok) {
        this.#counts.encrypted += 1;
        return encrypted.value;
      }
    }
    // The frame has a slot in time, which silence can fill.
    this.#counts.silenced += 1;
    return SILENCE_FRAME;
  }

  /** The Opus packet of a user, in its own memory, or why it must not be heard. */
  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | FrameRefusal {
    const { keeper, transitions, required, recognises, now, onDecrypt } = this.#context;
    // The voice server generates silence itself, and has no keys.
    if (isSilenceFrame(frame)) return this.#plain(frame);
    if (!hasDaveForm(frame)) return !required && transitions.acceptsPlain(now()) ? this.#plain(frame) : 'unencrypted';
    if (!recognises(userId)) return 'unknownUser';
    const decrypted = keeper.decrypt(userId, frame, now());
    if (decrypted === 'no-key') return 'noKey';
    if (decrypted === 'undecryptable') return decrypted;
    this.#counts.decrypted += 1;
    onDecrypt(true);
    return decrypted;
  }

  /**
   * Whether a refused frame may be decryptable later. Senders use the keys of an epoch as soon as they have them, which may be before we do: a user
   * in the call who is not in our group is about to join it, and while the group is being formed, frames arrive before its keys.
   */
  mayYet(refusal: FrameRefusal): boolean {
    const { keeper, transitions } = this.#context;
    if (refusal === 'noKey') return true;
    return refusal === 'undecryptable' && (!keeper.ready || keeper.changing || !transitions.settled);
  }

  /** A frame was given up. */
  refused(refusal: FrameRefusal): void {
    this.#counts[refusal] += 1;
    if (refusal === 'undecryptable') this.#context.onDecrypt(false);
  }

  #plain(frame: Uint8Array): Uint8Array {
    this.#counts.plain += 1;
    return frame.slice();
  }
}
