/** Handles the messages of clients: opcodes 23, 26, 28 and 31. Invalid ones are counted as events. */
import { VoiceOp } from '../../../protocol/opcodes.js';
import type { Snowflake } from '../../../types.js';
import type { DaveLog } from '../events.js';
import type { FlagBackoff } from '../members/flag-backoff.js';
import { takeKeyPackage } from '../members/key-package-intake.js';
import type { Participant } from '../members/participant.js';
import type { Serial } from '../serial.js';
import type { GroupManager } from './manager.js';
import { readTransitionId } from './transition-id.js';
import type { Transitions } from './transitions.js';

/** What the messages act on. */
export interface ClientMessageParts {
  readonly roster: ReadonlyMap<Snowflake, Participant>;
  readonly serial: Serial;
  readonly group: GroupManager;
  readonly transitions: Transitions;
  readonly backoff: FlagBackoff;
  readonly log: DaveLog;
  /** The version of the call now. */
  readonly version: () => number;
}

/** These opcodes need a group, so version 0 ignores them. Transitions, and opcode 31, count in version 0 too. */
const NEEDS_GROUP: ReadonlySet<number> = new Set([VoiceOp.MlsKeyPackage, VoiceOp.MlsCommitWelcome]);

/** Handles one message at a time. */
export class ClientMessages {
  constructor(private readonly parts: ClientMessageParts) {}

  /** A binary message, without its opcode. */
  binary(userId: Snowflake, op: number, body: Uint8Array): void {
    const { group, roster, log } = this.parts;
    this.#receive(userId, op, (participant) => {
      if (op === VoiceOp.MlsKeyPackage) takeKeyPackage(participant, body, roster, log);
      else if (op === VoiceOp.MlsCommitWelcome) group.commit(participant, body);
      else this.#ignore(userId, op, 'no binary message of a client');
    });
  }

  /** A JSON message. */
  json(userId: Snowflake, op: number, d: unknown): void {
    this.#receive(userId, op, (participant) => {
      const transitionId = readTransitionId(d);
      if (typeof transitionId === 'string') this.#ignore(userId, op, transitionId);
      else if (op === VoiceOp.DaveTransitionReady) this.#ready(participant, transitionId.id);
      else if (op === VoiceOp.MlsInvalidCommitWelcome) this.#flagged(participant, transitionId.id);
      else this.#ignore(userId, op, 'no DAVE message of a client');
    });
  }

  #receive(userId: Snowflake, op: number, use: (participant: Participant) => void): void {
    const { serial, roster, version } = this.parts;
    serial.run(() => {
      const participant = roster.get(userId);
      if (participant === undefined) this.#ignore(userId, op, 'not in the call');
      else if (version() > 0 || !NEEDS_GROUP.has(op)) use(participant);
      else {
        // It was sent while there was a group, and is not the answer to the next request.
        if (op === VoiceOp.MlsKeyPackage) participant.keyPackageCame();
        this.#ignore(userId, op, 'the call is not encrypted');
      }
    });
  }

  #ready(participant: Participant, transitionId: number): void {
    const { transitions, backoff, log } = this.parts;
    const { userId } = participant;
    if (!transitions.ready(userId, transitionId)) return this.#ignore(userId, VoiceOp.DaveTransitionReady, 'no such transition');
    backoff.succeeded(participant);
    log.emit({ type: 'ready', userId, transitionId });
  }

  /** The participant's leaf, if any, now belongs to nobody. The next batch replaces it with the key package that follows. */
  #flagged(participant: Participant, transitionId: number): void {
    const { transitions, backoff, log } = this.parts;
    const { userId } = participant;
    log.emit({ type: 'flagged', userId, transitionId });
    participant.flag();
    backoff.flagged(participant);
    transitions.drop(userId);
  }

  #ignore(userId: Snowflake, op: number, reason: string): void {
    this.parts.log.emit({ type: 'ignored', userId, op, reason });
  }
}
