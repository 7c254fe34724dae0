/**
 * The gate that every frame passes, in and out.
 *
 * Out: while the version in force is above 0, nothing leaves in the clear but frames of silence, which hold no audio. In: what has
 * the form of a DAVE frame is decrypted or dropped, never handed on as it is.
 */
import type { FrameCipher, FrameRefusal } from '../../media/frame-cipher.js';
import { isSilenceFrame, SILENCE_FRAME } from '../../protocol/silence.js';
import type { Snowflake } from '../../types.js';
import { resultOf } from './result.js';
import { hasDaveForm } from '../../protocol/dave-frame.js';
import type { GroupKeeper } from './group-keeper.js';
import type { Transitions } from './transitions.js';

/** What became of the frames, by reason. */
export interface DaveCounts {
  readonly encrypted: number;
  /** Sent as silence, since there were no keys or they failed. */
  readonly silenced: number;
  readonly decrypted: number;
  /** Received in the clear, rightly: silence, and what the passthrough rules allow. */
  readonly plain: number;
  /** Dropped: in the clear, where only encrypted frames are accepted. */
  readonly unencrypted: number;
  /** Dropped: no keys for this user. */
  readonly noKey: number;
  /** Dropped: keys for this user, but none that fits; forged, damaged, repeated, too old or of another epoch. */
  readonly undecryptable: number;
  /** Dropped: of somebody whom the voice gateway has not announced, or has said goodbye to. */
  readonly unknownUser: number;
}

/** What the cipher needs of the call around it. */
export interface CipherContext {
  readonly keeper: GroupKeeper;
  readonly transitions: Transitions;
  /** Whether a user is in the call. */
  readonly recognises: (userId: Snowflake) => boolean;
  readonly now: () => number;
  /** A frame of a member was decrypted, or had the right form and is given up. */
  readonly onDecrypt: (decrypted: boolean) => void;
}

/** The cipher of one media session, whatever its version and group are at the time. Never throws. */
export class DaveCipher implements FrameCipher {
  readonly #context: CipherContext;
  readonly #counts: { -readonly [K in keyof DaveCounts]: number } = {
    encrypted: 0, silenced: 0, decrypted: 0, plain: 0, unencrypted: 0, noKey: 0, undecryptable: 0, unknownUser: 0,
  }; // prettier-ignore

  constructor(context: CipherContext) {
    this.#context = context;
  }

  /** What became of the frames so far. */
  get counts(): DaveCounts {
    return { ...this.#counts };
  }

  /** The frame as it may leave: as it is at version 0, else encrypted; silence in its place where that is impossible. */
  encrypt(frame: Uint8Array): Uint8Array {
    const { keeper, transitions } = this.#context;
    if (transitions.version === 0 || isSilenceFrame(frame)) return frame;
    if (keeper.ready) {
      const encrypted = resultOf(() => keeper.current!.encrypt(frame));
      if (encrypted.ok) {
        this.#counts.encrypted += 1;
        return encrypted.value;
      }
    }
    // The frame has its place in time, and silence may take it.
    this.#counts.silenced += 1;
    return SILENCE_FRAME;
  }

  /** The Opus packet of a user, in memory of its own, or why it must not be heard. */
  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | FrameRefusal {
    const { keeper, transitions, recognises, now, onDecrypt } = this.#context;
    // The voice server makes silence up by itself, and has no keys.
    if (isSilenceFrame(frame)) return this.#plain(frame);
    if (!hasDaveForm(frame)) return transitions.acceptsPlain(now()) ? this.#plain(frame) : 'unencrypted';
    if (!recognises(userId)) return 'unknownUser';
    const decrypted = keeper.decrypt(userId, frame, now());
    if (decrypted === 'no-key') return 'noKey';
    if (decrypted === 'undecryptable') return decrypted;
    this.#counts.decrypted += 1;
    onDecrypt(true);
    return decrypted;
  }

  /**
   * Senders use the keys of an epoch as soon as they have them, which may be before we do: a user in the call who is not in our group is
   * about to be, and while the group is made, or made anew, its frames come first.
   */
  mayYet(refusal: FrameRefusal): boolean {
    const { keeper, transitions } = this.#context;
    if (refusal === 'noKey') return true;
    return refusal === 'undecryptable' && (!keeper.ready || keeper.changing || !transitions.settled);
  }

  /** A frame is given up. */
  refused(refusal: FrameRefusal): void {
    this.#counts[refusal] += 1;
    if (refusal === 'undecryptable') this.#context.onDecrypt(false);
  }

  #plain(frame: Uint8Array): Uint8Array {
    this.#counts.plain += 1;
    return frame.slice();
  }
}
