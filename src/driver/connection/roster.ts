/**
 * Who is in the call, and whose SSRC is whose, as the voice gateway tells it. One Roster for each Identify, and the one list of
 * members for all: in the call is who is announced (opcode 11), speaks (5) or sends video (12), until he is said to be gone (13).
 */
import type { JsonFrame, ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { readClientDisconnect, readClientFlags, readClientPlatform, readClientsConnect, readSpeaking, readVideo, type SpeakingUpdate } from '../../protocol/payloads.js'; // prettier-ignore
import type { Snowflake, SpeakingEvent } from '../../types.js';

/** Somebody's client allows this, or runs on that. */
export type ClientNews = Exclude<ReturnType<typeof readClientFlags> | ReturnType<typeof readClientPlatform>, string>;

/** Users that are taken for members, ten times what any channel holds: a server that names more is not believed, and costs no memory. */
export const MAX_MEMBERS = 16_384;

export interface RosterListener {
  /** Who is in the call has changed. */
  onMembers(): void;
  /** Somebody turns out to be the owner of an SSRC. */
  onClaimed?(ssrc: number): void;
  onSpeaking(event: SpeakingEvent): void;
  /** What opcode 18 or 20 says of somebody's client. */
  onClient?(client: ClientNews): void;
  /** Somebody has left the call. */
  onLeft?(userId: Snowflake): void;
  /** A frame cannot be used: what is wrong with it. */
  onIgnored(op: number, reason: string): void;
}

/** Each frame costs what stands in it, and not what came before it. */
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

  /** Who is in the call, the bot not counted, as of now: it changes with the frames. */
  get members(): ReadonlySet<Snowflake> {
    return this.#members;
  }

  /** The same as a set that does not change any more. Made when it is asked for, and once for each change. */
  snapshot(): ReadonlySet<Snowflake> {
    return (this.#snapshot ??= new Set(this.#members));
  }

  /** Whose SSRC it is; null while nobody has said. */
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
        // Mostly of who sends video and no audio, and no news then.
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

  /** An SSRC has an owner. A user who reconnects comes with a new one: the old goes. */
  #source(op: number, update: SpeakingUpdate): void {
    const { userId, ssrc, speaking } = update;
    // A member before an owner: what waited for its owner may be encrypted, and is decrypted for members only.
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

  /** Whether they all are in the call now, or are the bot. */
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
