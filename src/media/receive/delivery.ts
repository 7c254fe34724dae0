/**
 * From an authentic packet to who listens: whose it is, and its end-to-end encryption. Either may have to be waited for, for a second.
 *
 * ```
 * packet ─ owner known? ─ yes ─ frame can be decrypted? ─ yes ─→ packet
 *              no: waits            not yet: is held │ never: counted
 *              └ opcode 5, 12       └ new keys       └─────────────────
 * ```
 */
import { hasDaveForm } from '../../protocol/dave-frame.js';
import type { Snowflake, VoicePacket } from '../../types.js';
import type { FrameCipher, FrameRefusal } from '../frame-cipher.js';
import type { MediaTime } from '../media-time.js';
import type { Reception } from './reception.js';
import { outOfPatience, PATIENCE_MS, WaitingRoom } from './waiting-room.js';

/** SSRCs without an owner that are remembered as such. */
const MAX_STRANGERS = 256;
/** Packets that wait for their owner: half a second of one SSRC. */
const UNCLAIMED_PACKETS = 25;
/** Packets that wait for keys: a second of one user. */
const HELD_PACKETS = 50;

/** What a {@link Delivery} needs of the session around it. */
export interface DeliveryOptions {
  readonly roster: SourceOwners;
  /** The end-to-end cipher in force; null when the call has none. */
  readonly e2ee: { readonly cipher: FrameCipher | null };
  readonly packets: PacketSink;
  /** The session's books, which outlive its media sessions. */
  readonly reception: Reception;
  readonly time: MediaTime;
}

/** Who sends under which SSRC. */
export interface SourceOwners {
  /** Whose SSRC it is; null while nobody has said. */
  userOf(ssrc: number): Snowflake | null;
}

/** Who listens. */
export interface PacketSink {
  /** Whether anybody listens to this user; for null, to anybody at all. */
  listensTo(userId: Snowflake | null): boolean;
  /** Gives a packet to who listens. */
  next(packet: VoicePacket): void;
}

/** A packet on its way. Its frame is lent until it waits, or is given on. */
export type Incoming = { -readonly [K in keyof VoicePacket]: VoicePacket[K] };

export class Delivery {
  readonly #roster: SourceOwners;
  readonly #e2ee: DeliveryOptions['e2ee'];
  readonly #packets: PacketSink;
  readonly #reception: Reception;
  readonly #time: MediaTime;
  readonly #unclaimed = new WaitingRoom<Incoming>(UNCLAIMED_PACKETS);
  readonly #held = new WaitingRoom<Incoming>(HELD_PACKETS);
  /** SSRCs that nobody has claimed in time. */
  readonly #strangers = new Set<number>();
  #sweeping = false;
  #closed = false;

  constructor({ roster, e2ee, packets, reception, time }: DeliveryOptions) {
    this.#roster = roster;
    this.#e2ee = e2ee;
    this.#packets = packets;
    this.#reception = reception;
    this.#time = time;
  }

  /** A packet whose transport encryption is off, with the user whose SSRC it is. */
  take(packet: Incoming): void {
    const { userId, ssrc } = packet;
    if (userId === null && !this.#strangers.has(ssrc)) return this.#awaitOwner(packet);
    const { datagrams } = this.#reception;
    const book = this.#reception.of(userId);
    const first = userId === null || book.arrived(ssrc, packet.sequence, packet.timestamp, packet.arrival);
    if (packet.frame.length === 0) datagrams.empty += 1;
    else if (userId === null && this.#e2ee.cipher !== null) datagrams.unclaimed += 1;
    // What is in the clear has no epoch to tell its turn by: it stays behind what came before it.
    else if (this.#held.has(ssrc) && !hasDaveForm(packet.frame)) this.#hold(packet);
    else this.#open(packet, first);
  }

  /** Somebody claimed an SSRC: the packets that had to wait for that are his. */
  claimed(ssrc: number): void {
    this.#strangers.delete(ssrc);
    const now = this.#time.now();
    for (const packet of this.#unclaimed.take(ssrc)) {
      this.#reception.datagrams.waiting -= 1;
      if (outOfPatience(packet.arrival, now)) this.#reception.datagrams.unclaimed += 1;
      else this.#known(packet);
    }
  }

  /** The keys may have changed: what waits for them is tried again, in order. */
  retry(): void {
    for (const ssrc of this.#held.ssrcs) this.#settle(ssrc);
  }

  /** The media session is over, and with it all waiting. */
  close(): void {
    this.#closed = true;
    const { datagrams } = this.#reception;
    for (const ssrc of this.#unclaimed.ssrcs) {
      const { length } = this.#unclaimed.take(ssrc);
      datagrams.waiting -= length;
      datagrams.unclaimed += length;
    }
    for (const ssrc of this.#held.ssrcs) {
      for (const { userId } of this.#held.take(ssrc)) {
        datagrams.waiting -= 1;
        this.#reception.of(userId).refused('expired');
      }
    }
  }

  #awaitOwner(packet: Incoming): void {
    const { ssrc } = packet;
    const { datagrams } = this.#reception;
    if (!this.#unclaimed.has(ssrc)) this.#time.after(PATIENCE_MS, () => this.#nobodys(ssrc));
    packet.frame = packet.frame.slice();
    const evicted = this.#unclaimed.hold(packet).length;
    datagrams.waiting += 1 - evicted;
    datagrams.unclaimed += evicted;
  }

  /** Nobody claimed an SSRC in time. What waited is given without a user, and so is what follows, at once; encrypted, it is lost. */
  #nobodys(ssrc: number): void {
    if (this.#roster.userOf(ssrc) !== null) return;
    // Bounded, whatever is sent to us: those forgotten wait again, that is all.
    if (this.#strangers.size >= MAX_STRANGERS) this.#strangers.clear();
    this.#strangers.add(ssrc);
    for (const packet of this.#unclaimed.take(ssrc)) {
      this.#reception.datagrams.waiting -= 1;
      this.#known(packet);
    }
  }

  #known(packet: Incoming): void {
    packet.userId = this.#roster.userOf(packet.ssrc);
    if (this.#packets.listensTo(packet.userId)) this.take(packet);
    else this.#reception.unheard(packet.userId);
  }

  /** @param first whether it is no copy: each frame is decrypted once, so that no key to come would fit a copy */
  #open(packet: Incoming, first: boolean): void {
    const opened = this.#decrypt(packet);
    if (typeof opened !== 'string') return this.#give(packet, opened);
    // Keys come by TCP, and may be later than what they open, whether or not we have heard yet that there are to be new ones.
    const keyMissing = opened === 'noKey' || opened === 'undecryptable';
    if (first && keyMissing && this.#e2ee.cipher !== null) this.#hold(packet);
    else this.#refuse(packet, opened, opened);
  }

  /** A cipher that throws at a packet is no reason to end the process: anybody in the call could send such a packet. */
  #decrypt({ userId, frame }: Incoming): Uint8Array | FrameRefusal {
    const cipher = this.#e2ee.cipher;
    // Without a group only what fails the frame check is audio: who still encrypts has not heard of the downgrade yet.
    if (cipher === null || userId === null) return hasDaveForm(frame) ? 'noKey' : frame.slice();
    try {
      return cipher.decrypt(userId, frame);
    } catch {
      return 'undecryptable';
    }
  }

  #give(packet: Incoming, frame: Uint8Array): void {
    packet.frame = frame;
    this.#reception.of(packet.userId).heard(frame.length);
    this.#packets.next(packet);
  }

  /** The verdict on a packet: there is one for each, however often it was tried. */
  #refuse({ userId }: Incoming, refusal: FrameRefusal, reason: FrameRefusal | 'expired'): void {
    this.#reception.of(userId).refused(reason);
    this.#e2ee.cipher?.refused(refusal);
  }

  #hold(packet: Incoming): void {
    packet.frame = packet.frame.slice();
    this.#keep(packet);
  }

  #keep(packet: Incoming): void {
    if (this.#closed) return this.#reception.of(packet.userId).refused('expired');
    this.#reception.datagrams.waiting += 1;
    this.#sweepIn(PATIENCE_MS);
    for (const evicted of this.#held.hold(packet)) {
      this.#reception.datagrams.waiting -= 1;
      this.#tryLast(evicted);
    }
  }

  #tryLast(packet: Incoming): void {
    const opened = this.#decrypt(packet);
    if (typeof opened !== 'string') return this.#give(packet, opened);
    // Too late for keys that are still to come; else there never were any for it.
    this.#refuse(packet, opened, this.#e2ee.cipher?.mayYet(opened) === true ? 'expired' : opened);
  }

  #settle(ssrc: number): void {
    const now = this.#time.now();
    let behind = false;
    // Taken out as a whole: a verdict may change the keys, and so bring us here again.
    for (const packet of this.#held.take(ssrc)) {
      this.#reception.datagrams.waiting -= 1;
      if (!this.#packets.listensTo(packet.userId)) this.#reception.unheard(packet.userId);
      else if (outOfPatience(packet.arrival, now)) this.#tryLast(packet);
      else {
        const opened = behind && !hasDaveForm(packet.frame) ? undefined : this.#decrypt(packet);
        if (opened instanceof Uint8Array) {
          this.#give(packet, opened);
        } else {
          behind = true;
          this.#keep(packet);
        }
      }
    }
  }

  /** One timer for all that is held. */
  #sweepIn(ms: number): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#time.after(ms, () => {
      this.retry();
      this.#sweeping = false;
      const { oldest } = this.#held;
      if (oldest !== undefined) this.#sweepIn(Math.min(PATIENCE_MS, oldest + PATIENCE_MS - this.#time.now()));
    });
  }
}
