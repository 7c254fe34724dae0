/** Brings a finished handshake to life: seal, sender, receiver, keepalive, and the link that the pump sends on. */
import { Subscription, timer } from 'rxjs';
import { createSeal } from '../../crypto/seal.js';
import type { MediaLink } from '../../media/send/link.js';
import { Receiver, type ReceiverHost } from '../../media/receive/receiver.js';
import { Sender, type SentPacket } from '../../media/send/sender.js';
import { speaking } from '../../protocol/commands.js';
import type { SpeakingFlags } from '../../types.js';
import type { E2ee } from '../dave/e2ee.js';
import type { Handshake } from './handshake.js';
import { keepalive$ } from './keepalive.js';
import type { MediaSlot } from './media-slot.js';
import type { ResolvedOptions } from '../options.js';
import type { Roster } from './roster.js';
import type { SessionCore } from '../session/session.js';

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
    const host: ReceiverHost = {
      userOf: (source) => roster.userOf(source),
      cipher: () => e2ee.cipher,
      listensTo: (userId) => core.packets.listensTo(userId),
      listensToRtcp: () => core.rtcp$.observed,
      packet: (packet) => core.packets.next(packet),
      rtcp: (packet) => core.rtcp$.next(packet),
      now: () => scheduler.now(),
      after: (ms, act) => slot.keep(timer(ms, scheduler).subscribe(act)),
    };
    const receiver = new Receiver(seal, host, core.reception);
    slot.keep(port.datagrams$.subscribe((datagram) => receiver.receive(datagram, scheduler.now())));
    slot.keep(roster.claimed$.subscribe((source) => receiver.delivery.claimed(source)));
    slot.keep(e2ee.changed$.subscribe(() => receiver.delivery.retry()));
    slot.keep(new Subscription(() => receiver.delivery.close()));
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
