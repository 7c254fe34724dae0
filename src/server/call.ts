/** The sessions of one channel. */
import { VoiceOp } from '../protocol/opcodes.js';
import { ExtraOp } from './server-opcodes.js';
import type { VoiceSession } from './voice-session.js';

/** Tells its members of each other. The media port forwards along {@link Call.members}. */
export class Call {
  readonly #members = new Set<VoiceSession>();

  /** In the order they came. */
  get members(): ReadonlySet<VoiceSession> {
    return this.#members;
  }

  /** Takes a session in: the others are told of it, and it is told of them. */
  join(session: VoiceSession): void {
    const others = [...this.#members];
    this.#members.add(session);
    session.call = this;
    if (others.length > 0) session.send(VoiceOp.ClientsConnect, { user_ids: others.map((other) => other.userId) });
    for (const other of others) {
      introduce(session, other);
      other.send(VoiceOp.ClientsConnect, { user_ids: [session.userId] });
      introduce(other, session);
    }
  }

  /** Takes a session out, and tells the others. */
  leave(session: VoiceSession): void {
    if (this.#members.delete(session)) this.broadcast(VoiceOp.ClientDisconnect, { user_id: session.userId }, session);
    session.call = undefined;
  }

  /** Tells a newcomer whose SSRC is whose, as far as anybody has spoken. */
  tellSpeakers(session: VoiceSession): void {
    for (const other of this.#members) {
      if (other !== session && other.speaking !== undefined)
        session.send(VoiceOp.Speaking, { speaking: other.speaking, ssrc: other.ssrc, user_id: other.userId });
    }
  }

  /** To everybody but one. */
  broadcast(op: number, d: unknown, except: VoiceSession): void {
    for (const member of this.#members) if (member !== except) member.send(op, d);
  }
}

function introduce(to: VoiceSession, who: VoiceSession): void {
  to.send(ExtraOp.ClientFlags, { user_id: who.userId, flags: 0 });
  to.send(ExtraOp.ClientPlatform, { user_id: who.userId, platform: null });
}
