/**
 * The media session of one Identify, assembled in the media slot: the members of the call, its end-to-end encryption, and its media.
 *
 * ```
 * voice gateway ─→ roster ─→ outbox ─→ e2ee       each frame, in this order
 * handshake ─→ media ─→ link ─→ pump             as soon as, and for as long as, frames can be sent
 * ```
 */
import { NEVER, type Observable } from 'rxjs';
import type { Log } from '../../log.js';
import type { ServerFrame } from '../../protocol/frames.js';
import type { E2eeState, Snowflake, SpeakingEvent, VoiceServer } from '../../types.js';
import { E2ee } from '../dave/e2ee.js';
import { sameE2eeState } from '../dave/state.js';
import type { ResolvedOptions } from '../options.js';
import type { SessionCore } from '../session/session.js';
import type { Handshake } from './handshake.js';
import type { FrameReader, MediaSlot } from './media-slot.js';
import { Media } from './media.js';
import { MemberNews } from './member-news.js';
import { Outbox } from './outbox.js';
import { Roster, type ClientNews, type RosterListener } from './roster.js';

export class MediaSession implements RosterListener, FrameReader {
  readonly #server: VoiceServer;
  readonly #slot: MediaSlot;
  readonly #core: SessionCore;
  readonly #options: ResolvedOptions;
  readonly #roster: Roster;
  readonly #e2ee: E2ee;
  readonly #log: Log;
  readonly #news: MemberNews;
  readonly #outbox: Outbox;
  #alone = true;
  #media: Media | undefined;
  #attached = false;
  /** The state of the encryption that the pump and the session were last told; undefined before that. */
  #sendable: boolean | undefined;
  #told: E2eeState | undefined;

  /** Must be created before Identify is sent, so that no frame is missed. */
  constructor(server: VoiceServer, slot: MediaSlot, core: SessionCore, options: ResolvedOptions) {
    this.#server = server;
    this.#slot = slot;
    this.#core = core;
    this.#options = options;
    const log = options.logFor(server.guildId);
    this.#log = log;
    this.#news = new MemberNews(slot, () => core.members.next(() => roster.snapshot()));
    const roster = new Roster(server.userId, this);
    this.#roster = roster;
    core.roster.follow(roster.members);
    const outbox = new Outbox(slot);
    this.#outbox = outbox;
    const fail = (error: unknown): void => slot.fail(error);
    const changed = (): void => this.#keysChanged();
    const required = options.e2ee === 'required';
    this.#e2ee = new E2ee({ provider: options.dave, required, ids: server, call: roster, outbox, time: slot, log, changed, fail });
    slot.read(this);
  }

  /** In this order: how the encryption handles a frame depends on the current members, and its answers need a WebSocket that accepts messages. */
  frame(frame: ServerFrame): void {
    this.#roster.frame(frame);
    this.#outbox.frame(frame);
    this.#e2ee.frame(frame);
  }

  onMembers(): void {
    const { size } = this.#roster.members;
    this.#news.changed(size);
    // The encryption only needs to know whether anybody else is in the call.
    if (this.#alone === (size === 0)) return;
    this.#alone = size === 0;
    this.#e2ee.membersChanged();
  }

  onClaimed(ssrc: number): void {
    this.#media?.receiver.claimed(ssrc);
  }

  onSpeaking(event: SpeakingEvent): void {
    this.#core.speaking$.next(event);
  }

  onClient(client: ClientNews): void {
    this.#core.roster.client(client);
  }

  onLeft(userId: Snowflake): void {
    this.#core.roster.left(userId);
  }

  onIgnored(op: number, reason: string): void {
    this.#log({ type: 'ignored', what: `opcode ${op}`, reason });
  }

  /**
   * Opens the media, which live in the slot, and tells the encryption the DAVE version of the call. Emits once, and completes, as soon as there is
   * nothing to wait for: frames can be sent, or nobody is there to hear them.
   */
  open(handshake: Handshake): Observable<unknown> {
    const { guildId } = this.#server;
    const parts = { guildId, core: this.#core, slot: this.#slot, roster: this.#roster, e2ee: this.#e2ee, options: this.#options };
    this.#media = this.#slot.own((life) => new Media(handshake, parts, life));
    if (this.#media === undefined) return NEVER;
    this.#e2ee.describe(handshake.daveVersion);
    return this.#e2ee.ready$;
  }

  /** The session is ready: the pump sends, what plays is held while frames cannot be sent, and the session reports the state of this encryption. */
  attach(): void {
    this.#core.e2ee = this.#e2ee;
    this.#attached = true;
    this.#follow();
  }

  /** Packets that waited for keys are retried before the new keys are announced. */
  #keysChanged(): void {
    if (this.#slot.released) return;
    this.#media?.receiver.retry();
    if (this.#attached) this.#follow();
  }

  #follow(): void {
    const { sendable, state } = this.#e2ee;
    if (sendable !== this.#sendable) {
      this.#sendable = sendable;
      this.#core.sendable(sendable ? this.#media!.link : undefined);
    }
    // The caller may have ended the media session in response to the call above; its state is then no longer reported.
    if (this.#slot.released || (this.#told !== undefined && sameE2eeState(this.#told, state))) return;
    this.#told = state;
    this.#core.encryption(state);
  }
}
