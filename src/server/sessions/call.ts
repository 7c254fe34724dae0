/** Who is in the call of one channel, and what its members are told of each other. */
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Snowflake, SpeakingFlags } from '../../types.js';
import type { DaveCall, DaveClient } from '../dave/index.js';
import { ExtraOp } from './opcodes.js';

/** What a call has to know of who is in it. */
export interface CallMember {
  readonly userId: Snowflake;
  readonly ssrc: number;
  /** The last Speaking; undefined before the first. */
  readonly speaking: SpeakingFlags | undefined;
  /** The highest DAVE version its client speaks; 0 for none. */
  readonly maxDaveVersion: number;
  send(op: number, d: unknown): void;
  sendBinary(op: number, body: Uint8Array): void;
}

/** Tells its members of each other. Audio is forwarded along {@link Call.members}. */
export class Call<Member extends CallMember> {
  /** The end-to-end encryption's delivery service; undefined where calls are not encrypted. */
  readonly dave: DaveCall | undefined;
  readonly #members = new Set<Member>();

  constructor(dave: DaveCall | undefined) {
    this.dave = dave;
  }

  /** In the order they came. */
  get members(): ReadonlySet<Member> {
    return this.#members;
  }

  /** Takes a member in: the others are told of it, and it is told of them. */
  join(member: Member): void {
    const others = [...this.#members];
    this.#members.add(member);
    if (others.length > 0) member.send(VoiceOp.ClientsConnect, { user_ids: others.map((other) => other.userId) });
    for (const other of others) {
      introduce(member, other);
      other.send(VoiceOp.ClientsConnect, { user_ids: [member.userId] });
      introduce(other, member);
    }
  }

  /** Takes a member out, and tells the others. */
  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    this.broadcast(VoiceOp.ClientDisconnect, { user_id: member.userId }, member);
    // Unless the same user is in again, with a newer session.
    if (![...this.#members].some((other) => other.userId === member.userId)) this.dave?.leave(member.userId);
  }

  /** The DAVE version for a member's opcode 4. */
  daveVersion(member: Member): number {
    const admission = this.dave?.admission(member.maxDaveVersion);
    return admission !== undefined && 'version' in admission ? admission.version : 0;
  }

  /** A member's opcode 4 was sent: the end-to-end encryption takes it in. */
  encrypt(member: Member): void {
    this.dave?.join(daveClient(member), member.maxDaveVersion);
  }

  /** A member has a socket again, and has what it missed. */
  resumed(member: Member): void {
    this.dave?.reconnected(daveClient(member));
  }

  /** Tells a newcomer whose SSRC is whose, as far as anybody has spoken. */
  tellSpeakers(member: Member): void {
    for (const other of this.#members) {
      if (other !== member && other.speaking !== undefined)
        member.send(VoiceOp.Speaking, { speaking: other.speaking, ssrc: other.ssrc, user_id: other.userId });
    }
  }

  /** To everybody but one. */
  broadcast(op: number, d: unknown, except: Member): void {
    for (const other of this.#members) if (other !== except) other.send(op, d);
  }
}

function daveClient(member: CallMember): DaveClient {
  return {
    userId: member.userId,
    sendJson: (op, d) => member.send(op, d),
    sendBinary: (op, body) => member.sendBinary(op, body),
  };
}

function introduce(to: CallMember, who: CallMember): void {
  to.send(ExtraOp.ClientFlags, { user_id: who.userId, flags: 0 });
  to.send(ExtraOp.ClientPlatform, { user_id: who.userId, platform: null });
}
