/** Who is in the call, and whose SSRC is whose, as the voice gateway tells it. */
import { Subject } from 'rxjs';
import type { JsonFrame, ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { readClientDisconnect, readClientsConnect, readSpeaking, readVideo, type SpeakingUpdate } from '../../protocol/payloads.js';
import type { Snowflake, SpeakingEvent } from '../../types.js';

export interface RosterListener {
  readonly onMembers: (members: ReadonlySet<Snowflake>) => void;
  readonly onSpeaking: (event: SpeakingEvent) => void;
}

export class Roster {
  /** SSRCs, each as somebody turns out to be its owner. */
  readonly claimed$ = new Subject<number>();
  readonly #self: Snowflake;
  readonly #listener: RosterListener;
  readonly #users = new Map<number, Snowflake>();
  #members = new Set<Snowflake>();

  constructor(self: Snowflake, listener: RosterListener) {
    this.#self = self;
    this.#listener = listener;
  }

  /** Whose SSRC it is; null while nobody has said. */
  userOf(ssrc: number): Snowflake | null {
    return this.#users.get(ssrc) ?? null;
  }

  frame(frame: ServerFrame): void {
    if (frame.kind === 'json') this.#json(frame);
  }

  clear(): void {
    this.#users.clear();
    this.#members = new Set();
  }

  #json({ op, d }: JsonFrame): void {
    switch (op) {
      case VoiceOp.ClientsConnect: {
        const users = readClientsConnect(d);
        if (typeof users !== 'string') this.#join(users);
        break;
      }
      case VoiceOp.ClientDisconnect: {
        const left = readClientDisconnect(d);
        if (typeof left !== 'string') this.#leave(left.userId);
        break;
      }
      case VoiceOp.Speaking:
        this.#source(readSpeaking(d));
        break;
      case VoiceOp.Video:
        this.#source(readVideo(d));
        break;
    }
  }

  /** An SSRC has an owner. A user who reconnects comes with a new one: the old goes. */
  #source(update: SpeakingUpdate | string): void {
    if (typeof update === 'string') return;
    const { userId, ssrc, speaking } = update;
    if (this.#users.get(ssrc) !== userId) {
      this.#forget(userId);
      this.#users.set(ssrc, userId);
      this.claimed$.next(ssrc);
    }
    this.#join([userId]);
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
