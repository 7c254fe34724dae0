/** The sessions of all shards: begins, resumes and ends them, and sends them their events. */
import type { Subscription } from 'rxjs';
import { deadline } from '../../../deadline.js';
import { isShardOf } from '../../../gateway/shard.js';
import type { EventLog, Shard } from '../plain/events.js';
import { INTENTS } from '../plain/intents.js';
import type { DiscordSettings } from '../plain/options.js';
import type { SessionIds } from '../plain/session-ids.js';
import type { VoiceBridge } from '../voice/voice-bridge.js';
import type { Dispatch, World } from '../world/world.js';
import { guildFor, readyPayload, tailored } from './dispatches.js';
import { ShardSession, type ShardLink } from './shard-session.js';

/** What the sessions need. */
export interface SessionParts {
  readonly world: World;
  readonly voice: VoiceBridge;
  readonly events: EventLog;
  readonly ids: SessionIds;
  readonly settings: DiscordSettings;
  /** The value of `resume_gateway_url`. */
  readonly url: () => string;
}

/** A close frame with one of these codes ends the session. Source: Discord docs, Gateway, Initiating a Disconnect. */
const GIVES_UP: readonly number[] = [1000, 1001];

/** The only place where a session begins and ends. */
export class ShardSessions {
  readonly #sessions = new Map<string, ShardSession>();
  readonly #told: Subscription;
  #begun = 0;

  constructor(private readonly parts: SessionParts) {
    this.#told = parts.world.dispatches$.subscribe((dispatch) => this.#tell(dispatch));
  }

  /** How many Identifies there were. */
  get begun(): number {
    return this.#begun;
  }

  get all(): readonly ShardSession[] {
    return [...this.#sessions.values()];
  }

  /** The sessions of one shard, or of all. */
  of(shardId: number | undefined): readonly ShardSession[] {
    return this.all.filter(({ shard }) => shardId === undefined || shard[0] === shardId);
  }

  /** An Identify was accepted: sends READY, then each guild of the shard. */
  begin(shard: Shard, intents: number, link: ShardLink, version: number): ShardSession {
    const { world, voice, events, ids, settings } = this.parts;
    const session = new ShardSession(Buffer.from(settings.random(16)).toString('hex'), shard, intents);
    this.#begun++;
    this.#sessions.set(session.id, session);
    ids.set(shard, session.id);
    session.link = link;
    const guilds = [...world.guilds.values()].filter(({ id }) => isShardOf(id, shard));
    session.dispatch('READY', { v: version, ...readyPayload(world, session, guilds, this.parts.url()) });
    if ((intents & INTENTS.GUILDS) !== 0)
      for (const guild of guilds) if (!guild.unavailable) session.dispatch('GUILD_CREATE', guildFor(world, guild, intents));
    voice.sessionRenewed(shard);
    events.emit({ type: 'identified', shard, intents });
    return session;
  }

  /** A session that can be resumed. */
  find(id: string): ShardSession | undefined {
    const session = this.#sessions.get(id);
    return session?.forgotten === true ? undefined : session;
  }

  /** The session cannot be resumed any more. The bot stays in voice until the shard has a new session, or until the resume window ends. */
  forget(session: ShardSession): void {
    session.forgotten = true;
  }

  /** Detaches the WebSocket from the session: a client that was told that its session is invalid identifies again on it. */
  invalidate(session: ShardSession): void {
    this.forget(session);
    session.link = undefined;
    this.#expire(session);
  }

  /** A Resume found a session: sends what was missed, then RESUMED. */
  resume(session: ShardSession, link: ShardLink, missed: readonly string[]): void {
    const former = session.link;
    session.timer.unsubscribe();
    session.link = link;
    former?.close(4000, 'Resumed on another socket.');
    for (const text of missed) link.send(text);
    session.dispatch('RESUMED', { _trace: [] });
    this.parts.events.emit({ type: 'resumed', shard: session.shard, replayed: missed.length });
  }

  /** A session has lost its WebSocket. */
  lost(session: ShardSession, link: ShardLink, code: number): void {
    if (session.link !== link) return;
    session.link = undefined;
    if (GIVES_UP.includes(code)) return this.end(session);
    this.#expire(session);
  }

  /** Ends the session. Unless the shard has a newer one, the bot is offline and leaves voice. */
  end(session: ShardSession): void {
    if (session.ended) return;
    session.ended = true;
    session.timer.unsubscribe();
    this.#sessions.delete(session.id);
    this.parts.events.emit({ type: 'session-ended', shard: session.shard });
    if (!this.all.some(({ shard }) => shard[0] === session.shard[0])) this.parts.voice.sessionEnded(session.shard);
  }

  /** Ends all sessions without telling anybody, because the whole server closes. */
  close(): void {
    this.#told.unsubscribe();
    for (const session of this.all) {
      session.timer.unsubscribe();
      // Whatever happens to its WebSocket is ignored from now on.
      session.link = undefined;
    }
    this.#sessions.clear();
  }

  #expire(session: ShardSession): void {
    const { scheduler, resumeWindow } = this.parts.settings;
    session.timer = deadline(resumeWindow, scheduler, () => this.end(session));
  }

  #tell(dispatch: Dispatch): void {
    for (const session of this.all) {
      const mine = dispatch.guildId === null ? session.shard[0] === 0 : isShardOf(dispatch.guildId, session.shard);
      if (!mine) continue;
      const d = tailored(this.parts.world, dispatch, session.intents);
      if (d === undefined) this.parts.events.emit({ type: 'withheld', shard: session.shard, event: dispatch.t });
      else session.dispatch(dispatch.t, d);
    }
  }
}
