/** All live voice sessions: finds them by SSRC, token and member; begins, suspends and ends them. */
import { deadline } from '../../deadline.js';
import { CloseCode } from '../../protocol/close-codes.js';
import { BUFFERED_RESUME_VERSION } from '../../protocol/opcodes.js';
import type { Snowflake } from '../../types.js';
import { DaveCall, type DaveEvent } from '../dave/index.js';
import type { EventLog } from '../events.js';
import type { ServerSettings } from '../options.js';
import { Call } from './call.js';
import type { ControlLink } from './control-link.js';
import type { Membership } from './directory.js';
import type { Region } from './region.js';
import { ReplayBuffer } from './replay-buffer.js';
import { VoiceSession } from './voice-session.js';

/** SSRCs only have to be unique; those of Discord are small and increasing too. */
const FIRST_SSRC = 1_001;

/** The only place where a session begins and ends. */
export class SessionRegistry {
  readonly #bySsrc = new Map<number, VoiceSession>();
  readonly #byToken = new Map<string, VoiceSession>();
  readonly #byMember = new Map<Membership, VoiceSession>();
  readonly #calls = new Map<string, Call<VoiceSession>>();
  #nextSsrc = FIRST_SSRC;

  constructor(
    private readonly settings: ServerSettings,
    private readonly events: EventLog,
  ) {}

  /** For the media path. */
  get bySsrc(): ReadonlyMap<number, VoiceSession> {
    return this.#bySsrc;
  }

  get all(): readonly VoiceSession[] {
    return [...this.#bySsrc.values()];
  }

  ofMember(membership: Membership): VoiceSession | undefined {
    return this.#byMember.get(membership);
  }

  withToken(token: string): VoiceSession | undefined {
    return this.#byToken.get(token);
  }

  /** Begins a session with a new SSRC, for a member's current token. The member's previous session ends. */
  begin(membership: Membership, link: ControlLink, region: Region): VoiceSession {
    const former = this.#byMember.get(membership);
    const replay = new ReplayBuffer(this.settings.replayLimit, this.settings.firstSequence);
    const session = new VoiceSession(membership, this.#nextSsrc++, replay, region);
    session.link = link;
    if (former !== undefined) this.end(former, CloseCode.SessionInvalid, 'replaced by a newer session');
    this.#bySsrc.set(session.ssrc, session);
    this.#byToken.set(session.token, session);
    this.#byMember.set(membership, session);
    return session;
  }

  /** The call of a channel; undefined while nobody is in it. */
  call(guildId: Snowflake, channelId: Snowflake): Call<VoiceSession> | undefined {
    return this.#calls.get(callKey(guildId, channelId));
  }

  /** Adds the session to its channel's call. */
  announce(session: VoiceSession): void {
    if (session.ended) return;
    session.call = this.#open(session.guildId, session.channelId);
    session.call.join(session);
  }

  /** The socket is lost. Media continue, and the session waits for a Resume. */
  suspend(session: VoiceSession): void {
    // Before version 8 nothing is replayed. A client that may miss a commit leaves the group at once, and joins again when it is back.
    const misses = session.link !== undefined && session.link.version < BUFFERED_RESUME_VERSION;
    session.link = undefined;
    session.call?.dave?.disconnected(session.userId, misses);
    session.resumeTimer.unsubscribe();
    session.resumeTimer = deadline(this.settings.resumeWindow, this.settings.scheduler, () =>
      this.end(session, CloseCode.SessionInvalid, 'the resume window passed'),
    );
  }

  /** A Resume found the session. If it still has a socket, that is the one that the client gave up. */
  attach(session: VoiceSession, link: ControlLink): void {
    const former = session.link;
    session.resumeTimer.unsubscribe();
    session.link = link;
    former?.close(CloseCode.SessionInvalid, 'resumed on another socket');
  }

  /** Ends a session for good; its socket, if still open, is closed with `code`. */
  end(session: VoiceSession, code: number, reason: string): void {
    if (session.ended) return;
    session.ended = true;
    session.stopTimers();
    this.#bySsrc.delete(session.ssrc);
    this.#byToken.delete(session.token);
    if (this.#byMember.get(session.membership) === session) this.#byMember.delete(session.membership);
    const { call, link } = session;
    session.link = undefined;
    session.call = undefined;
    call?.leave(session);
    if (call?.members.size === 0) {
      call.dave?.close();
      this.#calls.delete(callKey(session.guildId, session.channelId));
    }
    const { userId, guildId, ssrc } = session;
    this.events.emit({ type: 'session-ended', userId, guildId, ssrc });
    link?.close(code, reason);
  }

  /** Ends all sessions. */
  endAll(code: number, reason: string): void {
    for (const session of this.all) this.end(session, code, reason);
  }

  /** The server closes: stops all timers. */
  dispose(): void {
    for (const session of this.#bySsrc.values()) session.stopTimers();
    for (const call of this.#calls.values()) call.dave?.close();
    this.#bySsrc.clear();
    this.#byToken.clear();
    this.#byMember.clear();
    this.#calls.clear();
  }

  #open(guildId: Snowflake, channelId: Snowflake): Call<VoiceSession> {
    const key = callKey(guildId, channelId);
    let call = this.#calls.get(key);
    if (call === undefined) this.#calls.set(key, (call = new Call(this.#daveCall(guildId, channelId))));
    return call;
  }

  #daveCall(guildId: Snowflake, channelId: Snowflake): DaveCall | undefined {
    const { daveVersion, withoutDave, dave, random, scheduler, stages, guilds } = this.settings;
    if (daveVersion === 0 || stages.includes(channelId) || guilds?.isStage(channelId)) return undefined;
    const onEvent = (event: DaveEvent): void => this.events.emit({ type: 'dave', userId: null, guildId, channelId, event });
    return new DaveCall({ ...dave, channelId, downgrade: withoutDave, random, scheduler, onEvent });
  }
}

function callKey(guildId: Snowflake, channelId: Snowflake): string {
  return `${guildId}/${channelId}`;
}
