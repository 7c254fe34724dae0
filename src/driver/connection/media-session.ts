/**
 * What one Identify leads to, put together in the media slot: who is in the call, its end-to-end encryption, and its media.
 *
 * ```
 * voice gateway ─→ roster ─→ outbox ─→ e2ee       each frame, in this order
 * handshake ─→ media$ ─→ link ─→ pump             as soon as, and for as long as, frames can be sent
 * ```
 */
import { tap, type Observable } from 'rxjs';
import type { MediaLink } from '../../media/send/link.js';
import type { VoiceServer } from '../../types.js';
import { E2ee } from '../dave/e2ee.js';
import type { ResolvedOptions } from '../options.js';
import type { SessionCore } from '../session/session.js';
import type { Handshake } from './handshake.js';
import type { MediaSlot } from './media-slot.js';
import { media$ } from './media.js';
import { MemberNews } from './member-news.js';
import { Outbox } from './outbox.js';
import { Roster } from './roster.js';

export class MediaSession {
  readonly #server: VoiceServer;
  readonly #slot: MediaSlot;
  readonly #core: SessionCore;
  readonly #options: ResolvedOptions;
  readonly #roster: Roster;
  readonly #e2ee: E2ee;
  #link: MediaLink | undefined;

  /** To be made before Identify is sent, so that no frame is missed. */
  constructor(server: VoiceServer, slot: MediaSlot, core: SessionCore, options: ResolvedOptions) {
    const log = options.logFor(server.guildId);
    this.#server = server;
    this.#slot = slot;
    this.#core = core;
    this.#options = options;
    let alone = true;
    const news = new MemberNews(slot, () => core.members.next(() => roster.snapshot()));
    const roster = new Roster(server.userId, {
      onMembers: () => {
        const { size } = roster.members;
        news.changed(size);
        // All that the encryption makes of it is whether there is anybody.
        if (alone === (size === 0)) return;
        alone = size === 0;
        e2ee.membersChanged();
      },
      onSpeaking: (event) => core.speaking$.next(event),
      onClient: (client) => core.roster.client(client),
      onLeft: (userId) => core.roster.left(userId),
      onIgnored: (op, reason) => log({ type: 'ignored', what: `opcode ${op}`, reason }),
    });
    core.roster.follow(roster.members);
    const outbox = new Outbox(slot);
    const fail = (error: unknown): void => slot.fail(error);
    const required = options.e2ee === 'required';
    const e2ee = new E2ee({ provider: options.dave, required, ids: server, call: roster, outbox, time: slot, log, fail });
    slot.keep(
      slot.frames$.subscribe((frame) => {
        // What the encryption makes of a frame depends on who is in the call by then, and is said on a WebSocket that listens.
        roster.frame(frame);
        outbox.frame(frame);
        e2ee.frame(frame);
      }),
    );
    this.#roster = roster;
    this.#e2ee = e2ee;
  }

  /** Emits once, and completes, as soon as there is nothing to wait for: frames can be sent, or nobody is there to hear them. */
  get ready$(): Observable<unknown> {
    return this.#e2ee.ready$;
  }

  /** Emits once, at once, when the media are there; they live in the slot. The encryption learns here what the call is. */
  open$(handshake: Handshake): Observable<unknown> {
    const { guildId } = this.#server;
    const parts = { guildId, core: this.#core, slot: this.#slot, roster: this.#roster, e2ee: this.#e2ee, options: this.#options };
    return this.#slot.hold(media$(handshake, parts)).pipe(
      tap((link) => {
        this.#link = link;
        this.#e2ee.describe(handshake.daveVersion);
      }),
    );
  }

  /** The session is ready: the pump sends, what plays is held while frames cannot be sent, and the session tells of this encryption. */
  attach(): void {
    const { pump } = this.#core;
    this.#core.e2ee = this.#e2ee;
    this.#slot.keep(this.#e2ee.sendable$.subscribe((sendable) => (sendable ? pump.attach(this.#link!) : pump.detach())));
    this.#slot.keep(this.#e2ee.state$.subscribe((state) => this.#core.encryption(state)));
  }
}
