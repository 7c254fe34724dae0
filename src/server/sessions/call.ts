/** The sessions of one channel. */
import { VoiceOp } from '../../protocol/opcodes.js';
import type { DaveCall, DaveClient } from '../dave/index.js';
import { ExtraOp } from './opcodes.js';
import type { VoiceSession } from './voice-session.js';

/** Tells its members of each other. The media port forwards along {@link Call.members}. */
export class Call {
  /** The end-to-end encryption's delivery service; undefined where calls are not encrypted. */
  readonly dave: DaveCall | undefined;
  readonly #members = new Set<VoiceSession>();

  constructor(dave: DaveCall | undefined) {
    this.dave = dave;
  }

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
    session.call = undefined;
    if (!this.#members.delete(session)) return;
    this.broadcast(VoiceOp.ClientDisconnect, { user_id: session.userId }, session);
    // Unless the same user is in again, with a newer session.
    if (![...this.#members].some((member) => member.userId === session.userId)) this.dave?.leave(session.userId);
  }

  /** The DAVE version for a session's opcode 4. */
  daveVersion(session: VoiceSession): number {
    const admission = this.dave?.admission(session.maxDaveVersion);
    return admission !== undefined && 'version' in admission ? admission.version : 0;
  }

  /** A session's opcode 4 was sent: the end-to-end encryption takes it in. */
  encrypt(session: VoiceSession): void {
    this.dave?.join(daveClient(session), session.maxDaveVersion);
  }

  /** A session has a socket again, and has what it missed. */
  resumed(session: VoiceSession): void {
    this.dave?.reconnected(daveClient(session));
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

function daveClient(session: VoiceSession): DaveClient {
  return {
    userId: session.userId,
    sendJson: (op, d) => session.send(op, d),
    sendBinary: (op, body) => session.sendBinary(op, body),
  };
}

function introduce(to: VoiceSession, who: VoiceSession): void {
  to.send(ExtraOp.ClientFlags, { user_id: who.userId, flags: 0 });
  to.send(ExtraOp.ClientPlatform, { user_id: who.userId, platform: null });
}
