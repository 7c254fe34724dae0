/** The members of one channel's call, and what they are told about each other. */
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Snowflake, SpeakingFlags } from '../../types.js';
import type { DaveCall, DaveClient } from '../dave/index.js';
import type { ClientTraits } from '../options.js';

/** What a call needs to know about a member. */
export interface CallMember {
  readonly userId: Snowflake;
  readonly ssrc: number;
  /** The last Speaking; undefined before the first. */
  readonly speaking: SpeakingFlags | undefined;
  /** The highest DAVE version its client speaks; 0 for none. */
  readonly maxDaveVersion: number;
  readonly client: ClientTraits;
  send(op: number, d: unknown): void;
  sendBinary(op: number, body: Uint8Array): void;
}

/** Announces its members to each other. Audio is forwarded to {@link Call.members}. */
export class Call<Member extends CallMember> {
  /** The delivery service for end-to-end encryption; undefined if calls are not encrypted. */
  readonly dave: DaveCall | undefined;
  readonly #members = new Set<Member>();

  constructor(dave: DaveCall | undefined) {
    this.dave = dave;
  }

  /** In the order of their arrival. */
  get members(): ReadonlySet<Member> {
    return this.#members;
  }

  /** Adds a member, and announces it and the others to each other. */
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

  /** Removes a member, and tells the others. */
  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    this.broadcast(VoiceOp.ClientDisconnect, { user_id: member.userId }, member);
    // The user stays in the encryption if a newer session of the same user is in the call.
    if (![...this.#members].some((other) => other.userId === member.userId)) this.dave?.leave(member.userId);
  }

  /** The DAVE version for a member's opcode 4. */
  daveVersion(member: Member): number {
    const admission = this.dave?.admission(member.maxDaveVersion);
    return admission !== undefined && 'version' in admission ? admission.version : 0;
  }

  /** A member's opcode 4 was sent: adds it to the end-to-end encryption. */
  encrypt(member: Member): void {
    this.dave?.join(daveClient(member), member.maxDaveVersion);
  }

  /** A member has a socket again, and was sent what it missed. */
  resumed(member: Member): void {
    this.dave?.reconnected(daveClient(member));
  }

  /** Tells a new member the SSRCs of all members that have sent Speaking. */
  tellSpeakers(member: Member): void {
    for (const other of this.#members) {
      if (other !== member && other.speaking !== undefined)
        member.send(VoiceOp.Speaking, { speaking: other.speaking, ssrc: other.ssrc, user_id: other.userId });
    }
  }

  /** Sends to everybody but one. */
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
  const { flags, platform } = who.client;
  to.send(VoiceOp.ClientFlags, { user_id: who.userId, flags });
  to.send(VoiceOp.ClientPlatform, { user_id: who.userId, platform });
}
