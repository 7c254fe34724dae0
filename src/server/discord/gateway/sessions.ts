/** The sessions of all shards: begun, resumed and ended here, and told what concerns them. */
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

/** What sessions are made of. */
export interface SessionParts {
  readonly world: World;
  readonly voice: VoiceBridge;
  readonly events: EventLog;
  readonly ids: SessionIds;
  readonly settings: DiscordSettings;
  /** What `resume_gateway_url` says. */
  readonly url: () => string;
}

/** A close frame with one of these gives the session up. Source: Discord docs, Gateway, Initiating a Disconnect. */
const GIVES_UP: readonly number[] = [1000, 1001];

/** The one place where a session begins and ends. */
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

  /** Of one shard, or of all. */
  of(shardId: number | undefined): readonly ShardSession[] {
    return this.all.filter(({ shard }) => shardId === undefined || shard[0] === shardId);
  }

  /** An Identify was accepted: READY, then each guild of the shard. */
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

  /** It cannot be resumed. The bot stays where it is, until the shard has a new session, or for as long as one can be resumed. */
  forget(session: ShardSession): void {
    session.forgotten = true;
  }

  /** Its WebSocket is none of its any more: who was told that the session is invalid identifies anew. */
  invalidate(session: ShardSession): void {
    this.forget(session);
    session.link = undefined;
    this.#expire(session);
  }

  /** A Resume found a session: what was missed, then RESUMED. */
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

  /** It cannot be resumed any more. Unless the shard has a newer one, the bot is offline, and leaves voice. */
  end(session: ShardSession): void {
    if (session.ended) return;
    session.ended = true;
    session.timer.unsubscribe();
    this.#sessions.delete(session.id);
    this.parts.events.emit({ type: 'session-ended', shard: session.shard });
    if (!this.all.some(({ shard }) => shard[0] === session.shard[0])) this.parts.voice.sessionEnded(session.shard);
  }

  /** Without a word: Discord itself goes away. */
  close(): void {
    this.#told.unsubscribe();
    for (const session of this.all) {
      session.timer.unsubscribe();
      // What comes of its WebSocket is nobody's affair any more.
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
