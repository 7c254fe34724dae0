/** Brings a finished handshake to life: seal, sender, receiver, keepalive, and the link that the pump sends on. */
import { interval } from 'rxjs';
import { createSeal } from '../crypto/seal.js';
import type { FrameCipher } from '../media/frame-cipher.js';
import type { MediaLink } from '../media/link.js';
import { Receiver } from '../media/receiver.js';
import { Sender, type SentPacket } from '../media/sender.js';
import { speaking } from '../protocol/commands.js';
import { encodeKeepalive, KEEPALIVE_INTERVAL } from '../protocol/keepalive.js';
import type { SpeakingFlags } from '../types.js';
import type { Handshake } from './handshake.js';
import type { MediaSlot } from './media-slot.js';
import type { ResolvedOptions } from './options.js';
import type { Roster } from './roster.js';
import type { SessionCore } from './session.js';

/** The media of one Identify. The datagrams it receives, and its keepalive, live in the slot. */
export class Media implements MediaLink {
  readonly #handshake: Handshake;
  readonly #slot: MediaSlot;
  readonly #core: SessionCore;
  readonly #sender: Sender;
  #cipher: FrameCipher | null = null;
  #attached = false;

  constructor(handshake: Handshake, slot: MediaSlot, core: SessionCore, roster: Roster, options: ResolvedOptions) {
    const { ssrc, port, mode, secretKey } = handshake;
    const { scheduler, random } = options;
    this.#handshake = handshake;
    this.#slot = slot;
    this.#core = core;
    const seal = createSeal(mode, secretKey, { random });
    this.#sender = new Sender(ssrc, seal, random, (datagram) => port.send(datagram));
    const receiver = new Receiver(seal, (source) => roster.userOf(source), () => this.#cipher); // prettier-ignore
    slot.keep(
      port.datagrams$.subscribe((datagram) => {
        if (!core.packets.observed) return;
        const packet = receiver.receive(datagram, scheduler.now());
        if (packet !== undefined) core.packets.next(packet);
      }),
    );
    slot.keep(interval(KEEPALIVE_INTERVAL, scheduler).subscribe((beats) => port.send(encodeKeepalive(beats))));
  }

  /** Lets the pump send. */
  attach(): void {
    this.#attached = true;
    this.#core.pump.attach(this);
  }

  /** The end-to-end cipher changed; null holds what plays until the next one. */
  rekey(cipher: FrameCipher | null): void {
    const held = this.#cipher === null;
    this.#cipher = cipher;
    if (!this.#attached) return;
    if (cipher === null) this.#core.pump.detach();
    else if (held) this.#core.pump.attach(this);
  }

  send(frame: Uint8Array, samples: number, marker: boolean): SentPacket {
    return this.#sender.send(this.#cipher === null ? frame : this.#cipher.encrypt(frame), samples, marker);
  }

  skip(samples: number): void {
    this.#sender.skip(samples);
  }

  speaking(flags: SpeakingFlags): void {
    this.#slot.send(speaking(flags, this.#handshake.ssrc));
  }
}
