/**
 * The client's half of DAVE as a state machine: frames of the voice gateway in, messages out, strictly in order. It uses no Observables, sockets or
 * timers; {@link DaveHost} is its environment, which also knows who is in the call.
 *
 * ```
 * 4 v1   →  26                      25 → ready for 27     27 → 28        29/30 {id} → keys, 23 {id}       22 {id} → in force
 * 24 {1} →  new group, 26                                                29/30 {0}  → keys, in force
 *                                                                        29/30 bad  → 31 {id}, new group, 26
 * ```
 *
 * Source: Discord docs, Voice Connections, "End-to-End Encryption"; DAVE whitepaper, "Voice Gateway Opcodes".
 */
import { VoiceUnsupportedError } from '../../errors.js';
import type { BinaryFrame, JsonFrame, ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Read } from '../../protocol/payloads.js';
import type { E2eeState, E2eeStatus, Snowflake } from '../../types.js';
import { DaveCipher } from './cipher.js';
import { GroupKeeper } from './group-keeper.js';
import type { DaveHost } from './host.js';
import { JoinRequest } from './join-request.js';
import {
  mlsCommitWelcome, readExecuteTransition, readPrepareEpoch, readPrepareTransition,
  readProposals, readTransition, transitionReady, type Proposals, type Transition,
} from './messages.js'; // prettier-ignore
import type { CommitOutcome, DaveGroup, DaveProvider } from './provider.js';
import { RECOVERY_LIMIT, RECOVERY_WINDOW, RecoveryBudget } from './recovery-budget.js';
import { resultOf } from './result.js';
import { Overdue } from './overdue.js';
import { PLAIN_STATE } from './state.js';
import { Transitions } from './transitions.js';
import { UNDECRYPTABLE_LIMIT, UndecryptableRun } from './undecryptable-run.js';

/** The number of new groups that a server may announce within {@link RECOVERY_WINDOW}; each costs us new keys. */
export const RESET_LIMIT = 50;

/** The DAVE client of one media session. */
export class DaveMachine {
  /** Every frame passes through it, outgoing and incoming. */
  readonly cipher: DaveCipher;
  readonly #maxVersion: number;
  readonly #host: DaveHost;
  readonly #self: Snowflake;
  readonly #required: boolean;
  readonly #keeper: GroupKeeper;
  readonly #transitions = new Transitions();
  readonly #joinRequest: JoinRequest;
  readonly #budget = new RecoveryBudget(RECOVERY_LIMIT, RECOVERY_WINDOW);
  readonly #resets = new RecoveryBudget(RESET_LIMIT, RECOVERY_WINDOW);
  readonly #undecryptable = new UndecryptableRun();
  #described = false;
  #dead = false;
  /** The version that the next commit or Welcome puts in force. */
  #announced = 0;
  #lastTransition = 0;
  /** The recovery or new group that waits for its budget. */
  readonly #overdue: Overdue;

  /** Throws what the provider throws when asked for its version. `required`: nothing may pass in the clear, whatever the server says. */
  constructor(provider: DaveProvider, ids: { readonly userId: Snowflake; readonly channelId: Snowflake }, required: boolean, host: DaveHost) {
    this.#maxVersion = provider.maxProtocolVersion;
    this.#host = host;
    this.#self = ids.userId;
    this.#required = required;
    this.#overdue = new Overdue(host.time);
    this.#keeper = new GroupKeeper(provider, ids);
    this.#joinRequest = new JoinRequest((message) => host.outbox.send(message));
    this.cipher = new DaveCipher({
      keeper: this.#keeper,
      transitions: this.#transitions,
      required,
      recognises: (userId) => host.call.members.has(userId),
      now: () => host.time.now(),
      onDecrypt: (decrypted) => this.#onDecrypt(decrypted),
    });
  }

  /** Whether the call is plain and nothing points to a change: frames need no cipher at all. */
  get plain(): boolean {
    return !this.#required && this.#transitions.version === 0 && this.#keeper.current === undefined;
  }

  /** Whether what plays can be sent: in the clear at version 0, else encrypted. */
  get sendable(): boolean {
    return this.#described && ['plain', 'secure'].includes(this.#status());
  }

  /** Whether there is nothing to wait for: frames can be sent, nobody is there to hear them, or required encryption is missing. */
  get settled(): boolean {
    return this.sendable || (this.#described && ['alone', 'withheld'].includes(this.#status()));
  }

  /** The pairwise verification code with another member; undefined without a group. */
  verificationCode(userId: Snowflake): Promise<string> | undefined {
    return this.#keeper.ready ? this.#keeper.current?.verificationCode(userId) : undefined;
  }

  /** The current state to announce. */
  get state(): E2eeState {
    const { version } = this.#transitions;
    const status = this.#status();
    const group = this.#keeper.ready ? this.#keeper.current : undefined;
    if (version === 0 || group === undefined) return { ...PLAIN_STATE, version, status };
    const read = resultOf(() => ({ epoch: group.epoch, privacyCode: group.privacyCode, members: [...group.members] }));
    return { ...PLAIN_STATE, version, status, ...(read.ok ? read.value : {}) };
  }

  /** The voice server describes the call with this version. */
  describe(version: number): void {
    if (this.#dead) return;
    if (version > this.#maxVersion) return this.#fail(this.#tooNew(version));
    this.#described = true;
    this.#announced = version;
    this.#transitions.begin(version);
    this.#joinRequest.settle();
    if (version > 0) this.#regroup();
    this.#host.changed();
  }

  /** Takes any frame. Never throws. */
  frame(frame: ServerFrame): void {
    if (this.#dead) return;
    if (frame.kind === 'json') this.#json(frame);
    else this.#binary(frame);
  }

  #json({ op, d }: JsonFrame): void {
    switch (op) {
      case VoiceOp.Resumed:
        return this.#joinRequest.repeat();
      case VoiceOp.DavePrepareTransition:
        return this.#read(op, readPrepareTransition(d), ({ transitionId, version }) => this.#prepare(transitionId, version));
      case VoiceOp.DaveExecuteTransition:
        return this.#read(op, readExecuteTransition(d), ({ transitionId }) => {
          if (this.#transitions.execute(transitionId, this.#host.time.now())) this.#host.changed();
          else this.#ignore(op, 'no such transition is pending');
        });
      case VoiceOp.DavePrepareEpoch:
        return this.#read(op, readPrepareEpoch(d), ({ epoch, version }) => this.#epoch(epoch, version));
    }
  }

  #binary({ op, body }: BinaryFrame): void {
    switch (op) {
      case VoiceOp.MlsExternalSender:
        return this.#externalSender(body);
      case VoiceOp.MlsProposals:
        return this.#read(op, readProposals(body), (proposals) => this.#proposals(proposals));
      case VoiceOp.MlsAnnounceCommit:
        return this.#read(op, readTransition(body), (transition) => this.#transition(op, transition, (group, message) => group.commit(message)));
      case VoiceOp.MlsWelcome:
        return this.#read(op, readTransition(body), (transition) => this.#transition(op, transition, joinByWelcome));
    }
  }

  #read<T extends object>(op: number, read: Read<T>, act: (value: T) => void): void {
    if (typeof read === 'string') this.#ignore(op, read);
    else act(read);
  }

  #epoch(epoch: number, version: number): void {
    if (!this.#described || version === 0 || version > this.#maxVersion)
      return this.#ignore(VoiceOp.DavePrepareEpoch, `version ${version} cannot be prepared`);
    this.#announced = version;
    if (epoch > 1) return;
    // Proposals for the old group fit no other group.
    this.#keeper.takePostponed();
    this.#joinRequest.forgetInvalid();
    const wait = this.#resets.take(this.#host.time.now());
    if (wait === 0) this.#regroup();
    else this.#later(wait, () => this.#regroup());
    this.#host.changed();
  }

  #prepare(id: number, version: number): void {
    if (!this.#described || version > this.#maxVersion)
      return this.#ignore(VoiceOp.DavePrepareTransition, `version ${version} cannot be prepared`);
    this.#arrange(id, version);
    this.#host.changed();
  }

  /** Id 0 needs no answer and takes effect at once. */
  #arrange(id: number, version: number): void {
    this.#lastTransition = id;
    if (id === 0) return this.#transitions.become(version, this.#host.time.now());
    this.#transitions.prepare(id, version);
    this.#host.outbox.send(transitionReady(id));
  }

  #externalSender(sender: Uint8Array): void {
    const refusal = this.#keeper.externalSender(sender);
    if (refusal !== undefined) this.#ignore(VoiceOp.MlsExternalSender, refusal);
    this.#catchUp();
    this.#host.changed();
  }

  #proposals(proposals: Proposals): void {
    if (!this.#keeper.hasExternalSender) {
      if (!this.#keeper.postpone(proposals)) this.#ignore(VoiceOp.MlsProposals, 'too many came before the group');
      return;
    }
    this.#propose(proposals);
    this.#host.changed();
  }

  /** There is no transition id yet to report as invalid, so invalid proposals are only logged. */
  #propose(proposals: Proposals): void {
    const proposed = this.#keeper.propose(proposals, [this.#self, ...this.#host.call.members]);
    if (!proposed.ok) this.#ignore(VoiceOp.MlsProposals, proposed.reason);
    else if (proposed.value !== undefined) this.#host.outbox.send(mlsCommitWelcome(proposed.value));
  }

  #catchUp(): void {
    if (this.#keeper.hasExternalSender) for (const proposals of this.#keeper.takePostponed()) this.#propose(proposals);
  }

  /** Opcodes 29 and 30: into the next epoch. */
  #transition(op: number, { transitionId, message }: Transition, apply: (group: DaveGroup, message: Uint8Array) => CommitOutcome): void {
    const group = this.#keeper.current;
    if (group === undefined) return this.#ignore(op, 'there is no group');
    const applied = resultOf(() => apply(group, message));
    if (!applied.ok) {
      this.#ignore(op, applied.reason);
      this.#recover(transitionId);
    } else if (applied.value === 'ignored') {
      this.#ignore(op, 'it is of another group');
    } else {
      this.#keeper.refresh();
      this.#joinRequest.settle();
      this.#overdue.callOff();
      this.#undecryptable.end();
      this.#arrange(transitionId, this.#announced);
    }
    this.#host.changed();
  }

  #onDecrypt(decrypted: boolean): void {
    if (decrypted) return this.#undecryptable.end();
    const quiet = this.#keeper.ready && this.#transitions.settled && !this.#overdue.pending;
    if (!quiet || !this.#undecryptable.failed(this.#host.time.now())) return;
    this.#ignore(VoiceOp.MlsAnnounceCommit, `${UNDECRYPTABLE_LIMIT} frames in a row could not be decrypted`);
    this.#recover(this.#lastTransition);
    this.#host.changed();
  }

  /** Tells the server that we are not in its group, and asks to join again: now, or when the budget allows. */
  #recover(id: number): void {
    const wait = this.#budget.take(this.#host.time.now());
    if (wait > 0) return this.#later(wait, () => this.#recover(id));
    this.#joinRequest.reportInvalid(id);
    this.#regroup();
  }

  #later(ms: number, act: () => void): void {
    this.#overdue.in(ms, () => {
      act();
      this.#host.changed();
    });
  }

  /** Opens a new group, and sends a key package for joining. */
  #regroup(): void {
    this.#overdue.callOff();
    this.#undecryptable.end();
    const opened = this.#keeper.open(this.#announced, this.#host.time.now());
    const made = opened.ok ? resultOf(() => opened.value.keyPackage()) : opened;
    if (!made.ok) return this.#fail(made.reason, made.error);
    this.#joinRequest.sendKeyPackage(made.value);
    this.#catchUp();
  }

  #status(): E2eeStatus {
    if (this.#transitions.version === 0) return this.#required ? 'withheld' : 'plain';
    if (this.#overdue.pending) return 'failed';
    if (this.#keeper.ready) return 'secure';
    return this.#keeper.hasExternalSender && this.#host.call.members.size === 0 ? 'alone' : 'forming';
  }

  #ignore(op: number, reason: string): void {
    this.#host.ignored(`opcode ${op}`, reason);
  }

  #tooNew(version: number): string {
    if (this.#maxVersion === 0) return 'the server described a DAVE version, but no DaveProvider was given as `dave`';
    return `the server described version ${version}, the DaveProvider speaks up to ${this.#maxVersion}`;
  }

  #fail(detail: string, error?: unknown): void {
    this.#dead = true;
    this.#overdue.callOff();
    this.#host.failed(error instanceof VoiceUnsupportedError ? error : new VoiceUnsupportedError('dave', detail, error === undefined ? undefined : { cause: error }));
  }
}

function joinByWelcome(group: DaveGroup, welcome: Uint8Array): CommitOutcome {
  group.welcome(welcome);
  return 'joined';
}
