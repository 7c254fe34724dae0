/**
 * From an authentic packet to the listener: finds the sender, and decrypts end to end. A packet may wait up to a second for sender or keys.
 *
 * ```
 * packet ─ owner known? ─ yes ─ frame can be decrypted? ─ yes ─→ packet
 *              no: waits            not yet: is held │ never: counted
 *              └ opcode 5, 12       └ new keys       └─────────────────
 * ```
 */
import { hasDaveForm } from '../../protocol/dave-frame.js';
import { isSilenceFrame } from '../../protocol/silence.js';
import { SpeakingFlags, type Snowflake, type VoicePacket } from '../../types.js';
import type { FrameCipher, FrameRefusal } from '../frame-cipher.js';
import type { MediaTime } from '../media-time.js';
import type { Reception } from './reception.js';
import { outOfPatience, PATIENCE_MS, WaitingRoom } from './waiting-room.js';

/** How many SSRCs without an owner are remembered. */
const MAX_STRANGERS = 256;
/** How many packets of one SSRC may wait for its owner: half a second. */
const UNCLAIMED_PACKETS = 25;
/** How many packets of one user may wait for keys: a second. */
const HELD_PACKETS = 50;

/** What a {@link Delivery} needs from its session. */
export interface DeliveryOptions {
  readonly roster: SourceOwners;
  /** The end-to-end cipher in force; null when the call has none. */
  readonly e2ee: { readonly cipher: FrameCipher | null };
  readonly packets: PacketSink;
  /** The session's statistics, which outlive its media sessions. */
  readonly reception: Reception;
  readonly time: MediaTime;
}

/** Knows which user sends with which SSRC. */
export interface SourceOwners {
  /** The user of the SSRC; null while it is unknown. */
  userOf(ssrc: number): Snowflake | null;
  /** Whether owners are never announced. Packets without an owner are then emitted at once, without a user. Default false. */
  readonly anonymous?: boolean;
}

/** The listeners. */
export interface PacketSink {
  /** Whether anybody listens to this user; for null, to anybody at all. */
  listensTo(userId: Snowflake | null): boolean;
  /** Emits a packet to the listeners. */
  next(packet: VoicePacket): void;
}

/** A packet on its way. Its frame is borrowed memory; it is copied when the packet has to wait or is emitted. */
export type Incoming = { -readonly [K in keyof VoicePacket]: VoicePacket[K] };

export class Delivery {
  readonly #roster: SourceOwners;
  readonly #e2ee: DeliveryOptions['e2ee'];
  readonly #packets: PacketSink;
  readonly #reception: Reception;
  readonly #time: MediaTime;
  readonly #unclaimed = new WaitingRoom<Incoming>(UNCLAIMED_PACKETS);
  readonly #held = new WaitingRoom<Incoming>(HELD_PACKETS);
  /** SSRCs whose owner was not announced in time. */
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

  /** Takes a packet after transport decryption, with the user of its SSRC. */
  take(packet: Incoming): void {
    const { userId, ssrc } = packet;
    if (userId === null && this.#roster.anonymous !== true && !this.#strangers.has(ssrc)) return this.#awaitOwner(packet);
    const { datagrams } = this.#reception;
    if (userId !== null) this.#reception.of(userId).arrived(ssrc, packet.sequence, packet.timestamp, packet.arrival);
    if (packet.frame.length === 0) datagrams.empty += 1;
    else if (userId === null && this.#e2ee.cipher !== null) datagrams.unclaimed += 1;
    // An unencrypted frame has no epoch that shows its place in the order, so it stays behind the packets that came before it.
    else if (this.#held.has(ssrc) && !hasDaveForm(packet.frame)) this.#hold(packet);
    else this.#open(packet);
  }

  /** The owner of an SSRC is now known: the packets that waited for that belong to this user. */
  claimed(ssrc: number): void {
    this.#strangers.delete(ssrc);
    const now = this.#time.now();
    for (const packet of this.#unclaimed.take(ssrc)) {
      this.#reception.datagrams.waiting -= 1;
      if (outOfPatience(packet.arrival, now)) this.#reception.datagrams.unclaimed += 1;
      else this.#known(packet);
    }
  }

  /** The keys may have changed: packets that wait for keys are tried again, in order. */
  retry(): void {
    for (const ssrc of this.#held.ssrcs) this.#settle(ssrc);
  }

  /** The media session is over: waiting packets are dropped and counted. */
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

  /** The owner was not announced in time. Waiting packets, and later ones at once, are emitted without a user; in an encrypted call they are lost. */
  #nobodys(ssrc: number): void {
    if (this.#roster.userOf(ssrc) !== null) return;
    // A bound against a flood of SSRCs. Packets of a forgotten SSRC just wait again.
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

  #open(packet: Incoming): void {
    const opened = this.#decrypt(packet);
    if (typeof opened !== 'string') return this.#give(packet, opened);
    // Keys come over TCP and may arrive after the packets that need them, whether or not new keys have been announced yet.
    const keyMissing = opened === 'noKey' || opened === 'undecryptable';
    if (keyMissing && this.#e2ee.cipher !== null) this.#hold(packet);
    else this.#refuse(packet, opened, opened);
  }

  /** If the cipher throws, that must not end the process: anybody in the call could send such a packet. */
  #decrypt({ userId, frame }: Incoming): Uint8Array | FrameRefusal {
    const cipher = this.#e2ee.cipher;
    // Without a group, a frame that looks encrypted is not audio: its sender does not know of the downgrade yet.
    if (cipher === null || userId === null) return hasDaveForm(frame) ? 'noKey' : frame.slice();
    try {
      return cipher.decrypt(userId, frame);
    } catch {
      return 'undecryptable';
    }
  }

  #give(packet: Incoming, frame: Uint8Array): void {
    const silence = isSilenceFrame(frame);
    const plain = this.#e2ee.cipher !== null && !silence && !hasDaveForm(packet.frame);
    packet.frame = frame;
    if (silence) packet.speaking = SpeakingFlags.None;
    this.#reception.of(packet.userId).heard(frame.length, plain);
    this.#packets.next(packet);
  }

  /** Counts the final verdict on a packet: one per packet, however often it was tried. */
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
    // If keys are still to come, the packet has expired; otherwise there were never any for it.
    this.#refuse(packet, opened, this.#e2ee.cipher?.mayYet(opened) === true ? 'expired' : opened);
  }

  #settle(ssrc: number): void {
    const now = this.#time.now();
    let behind = false;
    // All packets are taken out at once, because a verdict may change the keys, and that calls this method again.
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

  /** One timer for all packets that wait for keys. */
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
