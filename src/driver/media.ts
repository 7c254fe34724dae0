/** Brings a finished handshake to life: seal, sender, receiver, keepalive, and the link that the pump sends on. */
import { timer } from 'rxjs';
import { createSeal } from '../crypto/seal.js';
import type { MediaLink } from '../media/link.js';
import { Receiver } from '../media/receiver.js';
import { Sender, type SentPacket } from '../media/sender.js';
import { speaking } from '../protocol/commands.js';
import { PATIENCE_MS } from '../media/waiting-room.js';
import type { SpeakingFlags, VoicePacket } from '../types.js';
import type { E2ee } from './dave/e2ee.js';
import type { Handshake } from './handshake.js';
import { keepalive$ } from './keepalive.js';
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
  readonly #e2ee: E2ee;
  /** The session is ready. */
  #up = false;
  /** Frames can be sent: in the clear where the call is plain, else encrypted. */
  #sendable = false;

  constructor(
    handshake: Handshake,
    slot: MediaSlot,
    core: SessionCore,
    roster: Roster,
    e2ee: E2ee,
    options: ResolvedOptions,
  ) {
    const { ssrc, port, mode, secretKey } = handshake;
    const { scheduler, random } = options;
    this.#handshake = handshake;
    this.#slot = slot;
    this.#core = core;
    this.#e2ee = e2ee;
    const seal = createSeal(mode, secretKey, { random });
    this.#sender = new Sender(ssrc, seal, random, (datagram) => port.send(datagram));
    const receiver = new Receiver(
      seal,
      (source) => roster.userOf(source),
      () => e2ee.cipher,
      (source) => slot.keep(timer(PATIENCE_MS, scheduler).subscribe(() => give(receiver.unclaimed(source)))),
    );
    const give = (packets: readonly VoicePacket[]): void => {
      for (const packet of packets) core.packets.next(packet);
    };
    slot.keep(
      port.datagrams$.subscribe((datagram) => {
        if (!core.packets.observed) return;
        const packet = receiver.receive(datagram, scheduler.now());
        if (packet !== undefined) core.packets.next(packet);
      }),
    );
    slot.keep(roster.claimed$.subscribe((source) => give(receiver.claimed(source, scheduler.now()))));
    slot.keep(e2ee.sendable$.subscribe((sendable) => this.#gate(sendable)));
    slot.keep(keepalive$(port, scheduler).subscribe((udp) => core.roundTrip({ udp })));
  }

  /** Lets the pump send, as soon as and for as long as frames can be sent. */
  attach(): void {
    this.#up = true;
    if (this.#sendable) this.#core.pump.attach(this);
  }

  send(frame: Uint8Array, samples: number, marker: boolean): SentPacket {
    const { cipher } = this.#e2ee;
    return this.#sender.send(cipher === null ? frame : cipher.encrypt(frame), samples, marker);
  }

  skip(samples: number): void {
    this.#sender.skip(samples);
  }

  speaking(flags: SpeakingFlags): void {
    this.#slot.send(speaking(flags, this.#handshake.ssrc));
  }

  /** While the group is made anew, or there is nobody to make one with, what plays is held. */
  #gate(sendable: boolean): void {
    this.#sendable = sendable;
    if (!this.#up) return;
    if (sendable) this.#core.pump.attach(this);
    else this.#core.pump.detach();
  }
}
