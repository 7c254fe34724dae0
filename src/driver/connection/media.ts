/**
 * Creates the parts of a media session from a finished handshake: seal, sender, receiver, keepalive. How they are wired:
 *
 * ```
 * UDP socket ─→ receiver ─┬─ audio ─→ delivery ──────────────→ session.receive
 *                         ├─ RTCP ───────────────────────────→ session.rtcp$
 *                         └─ control ─→ keepalive ───────────→ session.latency$
 * opcodes 5, 12 ─→ roster ─→ delivery     the owner of a packet
 * new keys ─────→ e2ee ────→ delivery     held packets are retried
 * pump ─→ link ─→ e2ee ─→ sender ─→ UDP socket
 * sender, receiver ─→ traffic ─→ interceptors ─→ RTCP sender ─→ UDP socket
 * ```
 */
import type { SchedulerLike, Subscriber } from 'rxjs';
import { createSeal, type Seal } from '../../crypto/seal.js';
import { Receiver } from '../../media/receive/receiver.js';
import type { MediaLink } from '../../media/send/link.js';
import { RtcpSender } from '../../media/send/rtcp-sender.js';
import { reportOn, type ReportedOn } from '../../media/send/sender-reports.js';
import { Sender } from '../../media/send/sender.js';
import { Traffic } from '../../media/traffic.js';
import { listen, operate, type Operation } from '../../operate.js';
import type { Snowflake } from '../../types.js';
import type { E2ee } from '../dave/e2ee.js';
import type { ResolvedOptions } from '../options.js';
import type { SessionCore } from '../session/session.js';
import type { Handshake } from './handshake.js';
import { interception$ } from './interception.js';
import { Keepalive, type KeepaliveListener } from './keepalive.js';
import type { MediaSlot } from './media-slot.js';
import type { Roster } from './roster.js';
import { VoiceLink } from './voice-link.js';

/** The surroundings that the media of one Identify is connected to. */
export interface MediaSurroundings {
  readonly guildId: Snowflake;
  readonly core: SessionCore;
  readonly slot: MediaSlot;
  readonly roster: Roster;
  readonly e2ee: E2ee;
  readonly options: Pick<ResolvedOptions, 'scheduler' | 'random' | 'interceptors' | 'senderReports' | 'logFor'>;
}

/** Receives, and keeps the UDP path open, for as long as `life` is subscribed. */
export class Media implements Operation<Uint8Array, never>, KeepaliveListener {
  readonly destination: Subscriber<never>;
  /** The link on which the pump sends. */
  readonly link: MediaLink;
  readonly receiver: Receiver;
  readonly #core: SessionCore;
  readonly #scheduler: SchedulerLike;
  readonly #keepalive: Keepalive;
  readonly #seal: Seal;
  readonly #traffic: Traffic;
  readonly #rtcp: RtcpSender;

  constructor(
    { ssrc, port, mode, secretKey }: Handshake,
    { guildId, core, slot, roster, e2ee, options }: MediaSurroundings,
    life: Subscriber<never>,
  ) {
    const { scheduler, random, interceptors, senderReports } = options;
    const seal = createSeal(mode, secretKey, { random });
    // The seal has its own copy.
    secretKey.fill(0);
    const traffic = new Traffic();
    const out = { seal, port, traffic, time: slot };
    const sender = new Sender({ ...out, ssrc, random });
    const rtcp = new RtcpSender(out);
    const { packets, rtcp$, reception, quality } = core;
    this.destination = life;
    this.#core = core;
    this.#scheduler = scheduler;
    this.#seal = seal;
    this.#traffic = traffic;
    this.#rtcp = rtcp;
    this.#keepalive = new Keepalive(port, scheduler, this);
    this.receiver = new Receiver({ seal, roster, e2ee, packets, rtcp$, reception, traffic, time: slot, control: this.#keepalive });
    this.link = new VoiceLink(sender, seal, e2ee, slot);
    // The first teardown, so that interceptors see the traffic complete before they are unsubscribed.
    life.add(() => this.#close());
    // Subscribed before there is any traffic.
    if (interceptors.length > 0) listen(interception$({ interceptors, about: { guildId, ssrc, mode, scheduler }, traffic, rtcp, log: options.logFor(guildId) }), life);
    if (senderReports) reportOn(reported(ssrc, scheduler, traffic, rtcp), life);
    quality.follow({ ssrc, receivedRtcp$: traffic.receivedRtcp$ });
    port.datagrams$.subscribe(operate(this));
    life.add(this.#keepalive.start());
  }

  next(datagram: Uint8Array): void {
    this.receiver.receive(datagram, this.#scheduler.now());
  }

  complete(): void {}

  roundTrip(udp: number): void {
    this.#core.roundTrip({ udp });
  }

  #close(): void {
    this.receiver.close();
    this.#rtcp.close();
    this.#traffic.complete();
    this.#core.quality.follow(null);
    this.#seal.close();
  }
}

/**
 * Sender reports are our own code, and run in every session: unlike interceptors, they need no edge. A separate function, so that its closures do not
 * keep the handshake in memory.
 */
function reported(ssrc: number, scheduler: SchedulerLike, { sentRtp$, sent }: Traffic, rtcp: RtcpSender): ReportedOn {
  return { ssrc, scheduler, sentRtp$, sentTotals: () => sent, sendRtcp: (packets) => rtcp.send(packets) };
}
