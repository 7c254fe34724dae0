/** One session of a test double: the library's real session, without a connection behind it. */
import { NEVER, Observable, type SchedulerLike } from 'rxjs';
import { Roster } from '../../driver/connection/roster.js';
import { resolveOptions } from '../../driver/resolve-options.js';
import { SessionCore, voiceSession, type VoiceSession } from '../../driver/session/session.js';
import type { MediaLink } from '../../media/send/link.js';
import type { PlayEvent, Snowflake } from '../../types.js';
import type { MemberPacket } from '../world/member-packet.js';

/** The user and the place of the session. */
export interface SessionPlace {
  readonly scheduler: SchedulerLike;
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
}

/** A second play that began during another one, in ms. */
export interface PlayOverlap {
  readonly at: number;
  /** When the running play began. */
  readonly since: number;
}

const NO_TRANSPORTS = { socket$: () => NEVER, udp$: () => NEVER };
/** Never called, because both options are given. */
const OUTSIDE = {
  transports: () => NO_TRANSPORTS,
  dave: () => {
    throw new Error('a session double has no end-to-end encryption');
  },
};
const SSRC = 1001;

export class SessionLife {
  readonly core: SessionCore;
  readonly session: VoiceSession;
  readonly #place: SessionPlace;
  readonly #link: MediaLink;
  readonly #overlaps: (overlap: PlayOverlap) => void;
  #roster: Roster | undefined;
  /** When the running play began. */
  #since = 0;

  constructor(place: SessionPlace, link: MediaLink, overlaps: (overlap: PlayOverlap) => void) {
    const options = resolveOptions({ scheduler: place.scheduler, transports: NO_TRANSPORTS, dave: false }, OUTSIDE);
    this.core = new SessionCore(options, () => undefined);
    const session = voiceSession(this.core, place.guildId, place.userId);
    this.session = { ...session, play: (frames, options) => this.#watched(session.play(frames, options)) };
    this.#place = place;
    this.#link = link;
    this.#overlaps = overlaps;
  }

  /** Whether it has ended or failed. */
  get over(): boolean {
    return ['ended', 'failed'].includes(this.core.state.status);
  }

  /** Connected: for the first time, or again. */
  ready(): void {
    const { channelId } = this.#place;
    if (this.#roster === undefined) this.#attach();
    this.core.enter({ status: 'ready', channelId, ssrc: SSRC, mode: 'aead_aes256_gcm_rtpsize', daveVersion: 0 });
  }

  /** The WebSocket is lost: audio continues. */
  resuming(): void {
    this.core.enter({ status: 'resuming', attempt: 1 });
  }

  /** The whole connection is lost: audio is held, and no member is known. */
  reconnecting(): void {
    this.#roster = undefined;
    this.core.enter({ status: 'reconnecting', attempt: 1, closeCode: null });
    this.core.detach();
  }

  /** Handles a frame of the voice gateway. */
  hear(op: number, d: unknown): void {
    this.#roster?.frame({ kind: 'json', op, d, seq: undefined });
  }

  /** A packet of a member, if its sender is known. */
  receive({ ssrc, sequence, timestamp, audioLevel, frame }: MemberPacket): void {
    if (this.#roster === undefined) return;
    const { packets } = this.core;
    const userId = this.#roster.userOf(ssrc);
    if (!packets.listensTo(userId)) return;
    const arrival = this.#place.scheduler.now();
    packets.next({ userId, ssrc, sequence, timestamp, arrival, marker: false, audioLevel, speaking: null, frame });
  }

  /** The session refuses a play while another one runs. It is also reported here, because a bot may swallow the error. */
  #watched(play$: Observable<PlayEvent>): Observable<PlayEvent> {
    return new Observable((subscriber) => {
      const at = this.#place.scheduler.now();
      if (this.core.pump.playing) this.#overlaps({ at, since: this.#since });
      else this.#since = at;
      return play$.subscribe(subscriber);
    });
  }

  #attach(): void {
    const { core } = this;
    const roster = new Roster(this.#place.userId, {
      onMembers: () => core.members.next(() => roster.snapshot()),
      onSpeaking: (event) => core.speaking$.next(event),
      onClient: (client) => core.roster.client(client),
      onLeft: (userId) => core.roster.left(userId),
      onIgnored: () => undefined,
    });
    this.#roster = roster;
    core.roster.follow(roster.members);
    core.pump.attach(this.#link);
  }
}
