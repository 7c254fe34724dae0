/** The server's DAVE messages, one method each, and the faults that affect them. Source: DAVE whitepaper, "Voice Gateway Opcodes". */
import { Subscription, type SchedulerLike } from 'rxjs';
import { VoiceOp } from '../../../protocol/opcodes.js';
import type { DaveLog } from '../events.js';
import { garbled, type DaveFaultState, type Struck } from '../faults.js';
import type { Participant } from '../members/participant.js';
import { concat, uint, vector } from '../mls/tls-codec.js';

/** `u8 type`, of opcode 27: proposals to append. Proposals are never revoked: after a revoke, members commit without the Welcome. */
const APPEND = 0;
/** The size of a fake opcode 27. */
const GARBAGE_BYTES = 300;

/** What the messages need. */
export interface ServerMessageParts {
  readonly log: DaveLog;
  readonly faults: DaveFaultState;
  readonly scheduler: SchedulerLike;
  readonly random: (bytes: number) => Uint8Array;
  /** Whether a participant is still in the call. */
  readonly isPresent: (participant: Participant) => boolean;
}

/** Sends to one participant, or to several at once. */
export class ServerMessages {
  readonly #timers = new Subscription();

  constructor(private readonly parts: ServerMessageParts) {}

  /** Opcode 24, epoch 1: tells the client to begin anew. */
  prepareEpoch(to: Participant, version: number): void {
    this.#json(to, VoiceOp.DavePrepareEpoch, { protocol_version: version, epoch: 1 });
  }

  /** Opcode 21. */
  prepareTransition(to: Participant, version: number, transitionId: number): void {
    this.#json(to, VoiceOp.DavePrepareTransition, { protocol_version: version, transition_id: transitionId });
  }

  /** Opcode 22. */
  executeTransition(to: Participant, transitionId: number): void {
    this.#json(to, VoiceOp.DaveExecuteTransition, { transition_id: transitionId });
  }

  /** Opcode 25. */
  externalSender(to: Participant, sender: Uint8Array): void {
    const { faults, scheduler, isPresent } = this.parts;
    const send = (): void => this.#binary(to, VoiceOp.MlsExternalSender, sender);
    if (faults.externalSenderDelay === 0) return send();
    this.#timers.add(scheduler.schedule(() => (isPresent(to) ? send() : undefined), faults.externalSenderDelay));
  }

  /** Opcode 27. */
  proposals(to: Participant, messages: Iterable<Uint8Array>): void {
    this.#binary(to, VoiceOp.MlsProposals, concat(uint(APPEND, 1), vector(...messages)));
  }

  /** Opcode 27 with a correct length before random bytes. */
  garbageProposals(to: Participant): void {
    this.proposals(to, [this.parts.random(GARBAGE_BYTES)]);
  }

  /** Opcode 29. */
  commits(to: readonly Participant[], transitionId: number, commit: Uint8Array): void {
    const struck = this.parts.faults.commit;
    const messages = to.map((participant) => ({ participant, message: commit }));
    if (this.#announce(VoiceOp.MlsAnnounceCommit, transitionId, messages, struck)) this.parts.faults.commit = undefined;
  }

  /** Opcode 30. */
  welcomes(to: readonly { readonly participant: Participant; readonly message: Uint8Array }[], transitionId: number): void {
    const struck = this.parts.faults.welcome;
    if (this.#announce(VoiceOp.MlsWelcome, transitionId, to, struck)) this.parts.faults.welcome = undefined;
  }

  /** Cancels all delayed messages. */
  close(): void {
    this.#timers.unsubscribe();
  }

  /** `transition_id u16 ‖ message`. Returns whether the fault affected anybody. */
  #announce(
    op: number,
    transitionId: number,
    messages: readonly { readonly participant: Participant; readonly message: Uint8Array }[],
    struck: Struck,
  ): boolean {
    let hit = false;
    for (const { participant, message } of messages) {
      const strikes = struck === 'everybody' || struck === participant.userId;
      hit ||= strikes;
      this.#binary(participant, op, concat(uint(transitionId, 2), strikes ? garbled(message) : message));
    }
    return hit;
  }

  #json(to: Participant, op: number, d: unknown): void {
    this.#send(to, op, () => to.client.sendJson(op, d));
  }

  #binary(to: Participant, op: number, body: Uint8Array): void {
    this.#send(to, op, () => to.client.sendBinary(op, body));
  }

  /** If sending to one client fails, the others must still get the message. */
  #send({ userId }: Participant, op: number, send: () => void): void {
    try {
      send();
    } catch {
      this.parts.log.emit({ type: 'send-failed', userId, op });
    }
  }
}
