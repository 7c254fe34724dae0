/**
 * Brings a finished handshake to life: seal, sender, receiver, keepalive. The wires of one media session:
 *
 * ```
 * UDP socket ─→ receiver ─┬─ audio ─→ delivery ──────────────→ session.receive
 *                         ├─ RTCP ───────────────────────────→ session.rtcp$
 *                         └─ control ─→ keepalive ───────────→ session.latency$
 * opcodes 5, 12 ─→ roster ─→ delivery     whose a packet is
 * new keys ─────→ e2ee ────→ delivery     what was held is tried again
 * pump ─→ link ─→ e2ee ─→ sender ─→ UDP socket
 * sender, receiver ─→ traffic ─→ interceptors ─→ RTCP sender ─→ UDP socket
 * ```
 */
import { Observable } from 'rxjs';
import { createSeal } from '../../crypto/seal.js';
import { Receiver } from '../../media/receive/receiver.js';
import type { MediaLink } from '../../media/send/link.js';
import { RtcpSender } from '../../media/send/rtcp-sender.js';
import { Sender } from '../../media/send/sender.js';
import { Traffic } from '../../media/traffic.js';
import { listen } from '../../operate.js';
import type { Snowflake } from '../../types.js';
import type { E2ee } from '../dave/e2ee.js';
import type { ResolvedOptions } from '../options.js';
import type { SessionCore } from '../session/session.js';
import type { Handshake } from './handshake.js';
import { interception$ } from './interception.js';
import { keepalive$ } from './keepalive.js';
import type { MediaSlot } from './media-slot.js';
import type { Roster } from './roster.js';
import { VoiceLink } from './voice-link.js';

/** What the media of one Identify is tied to. */
export interface MediaSurroundings {
  readonly guildId: Snowflake;
  readonly core: SessionCore;
  readonly slot: MediaSlot;
  readonly roster: Roster;
  readonly e2ee: E2ee;
  readonly options: Pick<ResolvedOptions, 'scheduler' | 'random' | 'interceptors' | 'logFor'>;
}

/** Emits the link that the pump can send on, once, at once; receives, and keeps the way open, until it is unsubscribed. */
export function media$(handshake: Handshake, { guildId, core, slot, roster, e2ee, options }: MediaSurroundings): Observable<MediaLink> {
  return new Observable((subscriber) => {
    const { ssrc, port, mode, secretKey } = handshake;
    const { scheduler, random, interceptors } = options;
    const seal = createSeal(mode, secretKey, { random });
    // The seal has its own copy.
    secretKey.fill(0);
    const traffic = new Traffic();
    const out = { seal, port, traffic, time: slot };
    const sender = new Sender({ ...out, ssrc, random });
    const rtcp = new RtcpSender(out);
    const { packets, rtcp$, reception, quality } = core;
    const receiver = new Receiver({ seal, roster, e2ee, packets, rtcp$, reception, traffic, time: slot });
    // Before there is any traffic; and they see it complete before they are let go.
    const about = { guildId, ssrc, mode, scheduler };
    const interception = interception$({ interceptors, about, traffic, rtcp, log: options.logFor(guildId) }).subscribe();
    quality.follow({ ssrc, receivedRtcp$: traffic.receivedRtcp$ });
    listen(port.datagrams$, subscriber, (datagram) => receiver.receive(datagram, scheduler.now()));
    listen(keepalive$(port, receiver.control$, scheduler), subscriber, (udp) => core.roundTrip({ udp }));
    listen(roster.claimed$, subscriber, (source) => receiver.claimed(source));
    listen(e2ee.changed$, subscriber, () => receiver.retry());
    subscriber.add(() => {
      receiver.close();
      rtcp.close();
      traffic.complete();
      interception.unsubscribe();
      quality.follow(null);
      seal.close();
    });
    subscriber.next(new VoiceLink(sender, seal, e2ee, slot));
  });
}
