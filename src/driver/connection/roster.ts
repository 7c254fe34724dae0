/**
 * Who is in the call, and who owns which SSRC, according to the voice gateway. One Roster for each Identify; it is the only list of members. A user
 * is in the call once announced (opcode 11), speaking (5) or sending video (12), until reported as gone (13).
 */
import type { JsonFrame, ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { readClientDisconnect, readClientFlags, readClientPlatform, readClientsConnect, readSpeaking, readVideo, type SpeakingUpdate } from '../../protocol/payloads.js'; // prettier-ignore
import type { Snowflake, SpeakingEvent } from '../../types.js';

/** What a user's client allows (opcode 18), or what it runs on (opcode 20). */
export type ClientNews = Exclude<ReturnType<typeof readClientFlags> | ReturnType<typeof readClientPlatform>, string>;

/** The maximum number of members, ten times what any channel holds: a server that names more is not believed, and costs no memory. */
export const MAX_MEMBERS = 16_384;

export interface RosterListener {
  /** The members of the call have changed. */
  onMembers(): void;
  /** An SSRC has got a new owner. */
  onClaimed?(ssrc: number): void;
  onSpeaking(event: SpeakingEvent): void;
  /** Opcode 18 or 20 came, about a user's client. */
  onClient?(client: ClientNews): void;
  /** A user has left the call. */
  onLeft?(userId: Snowflake): void;
  /** A frame cannot be used, for this reason. */
  onIgnored(op: number, reason: string): void;
}

/** The cost of a frame depends on its own contents, and not on the frames before it. */
export class Roster {
  readonly #self: Snowflake;
  readonly #listener: RosterListener;
  readonly #owners = new Map<number, Snowflake>();
  readonly #sources = new Map<Snowflake, number>();
  readonly #members = new Set<Snowflake>();
  #snapshot: ReadonlySet<Snowflake> | undefined;

  constructor(self: Snowflake, listener: RosterListener) {
    this.#self = self;
    this.#listener = listener;
  }

  /** The current members of the call, without the bot. The set changes with the frames. */
  get members(): ReadonlySet<Snowflake> {
    return this.#members;
  }

  /** The same as a set that no longer changes. Created on demand, at most once for each change. */
  snapshot(): ReadonlySet<Snowflake> {
    return (this.#snapshot ??= new Set(this.#members));
  }

  /** The owner of an SSRC; null while it is unknown. */
  userOf(ssrc: number): Snowflake | null {
    return this.#owners.get(ssrc) ?? null;
  }

  frame(frame: ServerFrame): void {
    if (frame.kind === 'json') this.#json(frame);
  }

  #json({ op, d }: JsonFrame): void {
    switch (op) {
      case VoiceOp.ClientsConnect: {
        const users = readClientsConnect(d);
        if (typeof users === 'string') this.#listener.onIgnored(op, users);
        else this.#join(op, users);
        break;
      }
      case VoiceOp.ClientDisconnect: {
        const left = readClientDisconnect(d);
        if (typeof left === 'string') this.#listener.onIgnored(op, left);
        else this.#leave(left.userId);
        break;
      }
      case VoiceOp.Speaking: {
        const update = readSpeaking(d);
        if (typeof update === 'string') this.#listener.onIgnored(op, update);
        else this.#source(op, update);
        break;
      }
      case VoiceOp.Video: {
        const update = readVideo(d);
        // Mostly from users who send video and no audio: not worth an entry in the log.
        if (typeof update !== 'string') this.#source(op, update);
        break;
      }
      case VoiceOp.ClientFlags:
      case VoiceOp.ClientPlatform: {
        const client = op === VoiceOp.ClientFlags ? readClientFlags(d) : readClientPlatform(d);
        if (typeof client === 'string') this.#listener.onIgnored(op, client);
        else this.#listener.onClient?.(client);
        break;
      }
    }
  }

  /** Records the owner of an SSRC. A user who reconnects has a new SSRC, and the old one is forgotten. */
  #source(op: number, update: SpeakingUpdate): void {
    const { userId, ssrc, speaking } = update;
    // Added as a member before becoming the owner: packets that waited for their owner may be encrypted, and only those of members are decrypted.
    if (!this.#join(op, [userId])) return;
    const owner = this.#owners.get(ssrc);
    if (owner !== userId) {
      this.#forget(userId);
      if (owner !== undefined) this.#sources.delete(owner);
      this.#owners.set(ssrc, userId);
      this.#sources.set(userId, ssrc);
      this.#listener.onClaimed?.(ssrc);
    }
    if (speaking !== undefined) this.#listener.onSpeaking({ userId, ssrc, speaking });
  }

  /** Adds users. Returns whether all of them are now in the call, or are the bot. */
  #join(op: number, users: readonly Snowflake[]): boolean {
    const before = this.#members.size;
    const missing = users.some((user) => !this.#add(user));
    if (this.#members.size > before) this.#changed();
    if (missing) this.#listener.onIgnored(op, `a call has ${MAX_MEMBERS} members at most`);
    return !missing;
  }

  #add(user: Snowflake): boolean {
    if (user === this.#self || this.#members.has(user)) return true;
    if (this.#members.size >= MAX_MEMBERS) return false;
    this.#members.add(user);
    return true;
  }

  #leave(user: Snowflake): void {
    this.#forget(user);
    if (!this.#members.delete(user)) return;
    this.#listener.onLeft?.(user);
    this.#changed();
  }

  #changed(): void {
    this.#snapshot = undefined;
    this.#listener.onMembers();
  }

  #forget(user: Snowflake): void {
    const ssrc = this.#sources.get(user);
    if (ssrc === undefined) return;
    this.#sources.delete(user);
    this.#owners.delete(ssrc);
  }
}
