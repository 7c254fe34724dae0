/**
 * Who is in the call, and whose SSRC is whose, as the voice gateway tells it. One Roster for each Identify, and the one list of
 * members for all: in the call is who is announced (opcode 11), speaks (5) or sends video (12), until he is said to be gone (13).
 */
import { Subject } from 'rxjs';
import type { JsonFrame, ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { readClientDisconnect, readClientsConnect, readSpeaking, readVideo, type SpeakingUpdate } from '../../protocol/payloads.js';
import type { Snowflake, SpeakingEvent } from '../../types.js';

export interface RosterListener {
  readonly onMembers: (members: ReadonlySet<Snowflake>) => void;
  readonly onSpeaking: (event: SpeakingEvent) => void;
  /** A frame cannot be used: what is wrong with it. */
  readonly onIgnored: (op: number, reason: string) => void;
}

export class Roster {
  /** SSRCs, each as somebody turns out to be its owner. */
  readonly claimed$ = new Subject<number>();
  readonly #self: Snowflake;
  readonly #listener: RosterListener;
  readonly #users = new Map<number, Snowflake>();
  #members: ReadonlySet<Snowflake> = new Set();

  constructor(self: Snowflake, listener: RosterListener) {
    this.#self = self;
    this.#listener = listener;
  }

  /** Who is in the call, the bot not counted. A set that does not change any more. */
  get members(): ReadonlySet<Snowflake> {
    return this.#members;
  }

  /** Whose SSRC it is; null while nobody has said. */
  userOf(ssrc: number): Snowflake | null {
    return this.#users.get(ssrc) ?? null;
  }

  frame(frame: ServerFrame): void {
    if (frame.kind === 'json') this.#json(frame);
  }

  #json({ op, d }: JsonFrame): void {
    switch (op) {
      case VoiceOp.ClientsConnect: {
        const users = readClientsConnect(d);
        if (typeof users === 'string') this.#listener.onIgnored(op, users);
        else this.#join(users);
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
        else this.#source(update);
        break;
      }
      case VoiceOp.Video: {
        const update = readVideo(d);
        // Mostly of who sends video and no audio, and no news then.
        if (typeof update !== 'string') this.#source(update);
        break;
      }
    }
  }

  /** An SSRC has an owner. A user who reconnects comes with a new one: the old goes. */
  #source(update: SpeakingUpdate): void {
    const { userId, ssrc, speaking } = update;
    // A member before an owner: what waited for its owner may be encrypted, and is decrypted for members only.
    this.#join([userId]);
    if (this.#users.get(ssrc) !== userId) {
      this.#forget(userId);
      this.#users.set(ssrc, userId);
      this.claimed$.next(ssrc);
    }
    if (speaking !== undefined) this.#listener.onSpeaking({ userId, ssrc, speaking });
  }

  #join(users: readonly Snowflake[]): void {
    const fresh = users.filter((user) => user !== this.#self && !this.#members.has(user));
    if (fresh.length === 0) return;
    this.#members = new Set([...this.#members, ...fresh]);
    this.#listener.onMembers(this.#members);
  }

  #leave(user: Snowflake): void {
    this.#forget(user);
    if (!this.#members.has(user)) return;
    this.#members = new Set([...this.#members].filter((member) => member !== user));
    this.#listener.onMembers(this.#members);
  }

  #forget(user: Snowflake): void {
    for (const [ssrc, owner] of this.#users) if (owner === user) this.#users.delete(ssrc);
  }
}
