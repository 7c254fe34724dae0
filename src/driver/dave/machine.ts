/**
 * The client's half of DAVE as a machine of events: frames of the voice gateway in, messages out, strictly in order. It knows no
 * Observables, sockets or timers; {@link DaveHost} is its world, which also says who is in the call.
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
import { PLAIN_STATE } from './state.js';
import { Transitions } from './transitions.js';
import { UNDECRYPTABLE_LIMIT, UndecryptableRun } from './undecryptable-run.js';

/** The DAVE client of one media session. */
export class DaveMachine {
  /** What every frame has to pass, in and out. */
  readonly cipher: DaveCipher;
  readonly #maxVersion: number;
  readonly #host: DaveHost;
  readonly #self: Snowflake;
  readonly #keeper: GroupKeeper;
  readonly #transitions = new Transitions();
  readonly #joinRequest: JoinRequest;
  readonly #budget = new RecoveryBudget(RECOVERY_LIMIT, RECOVERY_WINDOW);
  readonly #undecryptable = new UndecryptableRun();
  #described = false;
  #dead = false;
  /** The version that the next commit or Welcome puts in force. */
  #announced = 0;
  #lastTransition = 0;
  /** The recovery that waits for the budget; undefined when none does. */
  #overdue: object | undefined;

  /** Throws what the provider throws when it is asked for its version. */
  constructor(provider: DaveProvider, ids: { readonly userId: Snowflake; readonly channelId: Snowflake }, host: DaveHost) {
    this.#maxVersion = provider.maxProtocolVersion;
    this.#host = host;
    this.#self = ids.userId;
    this.#keeper = new GroupKeeper(provider, ids);
    this.#joinRequest = new JoinRequest((message) => host.outbox.send(message));
    this.cipher = new DaveCipher({
      keeper: this.#keeper,
      transitions: this.#transitions,
      recognises: (userId) => host.call.members.has(userId),
      now: () => host.time.now(),
      onDecrypt: (decrypted) => this.#onDecrypt(decrypted),
    });
  }

  /** Whether the call is plain and nothing points to a change: frames need no cipher at all. */
  get plain(): boolean {
    return this.#transitions.version === 0 && this.#keeper.current === undefined;
  }

  /** Whether what plays can be sent: in the clear at version 0, else encrypted. */
  get sendable(): boolean {
    return this.#described && ['plain', 'secure'].includes(this.#status());
  }

  /** Whether there is nothing to wait for: frames can be sent, or nobody is there to hear them. */
  get settled(): boolean {
    return this.sendable || (this.#described && this.#status() === 'alone');
  }

  /** The pairwise verification code with another member; undefined without a group. */
  verificationCode(userId: Snowflake): Promise<string> | undefined {
    return this.#keeper.ready ? this.#keeper.current?.verificationCode(userId) : undefined;
  }

  /** What is to be told of it now. */
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

  /** Takes one frame, whatever it is. Never throws. */
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
        return this.#read(op, readTransition(body), (transition) =>
          this.#transition(op, transition, (group, message) => {
            group.welcome(message);
            return 'joined';
          }),
        );
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
    // Proposals for the group that is given up fit no other.
    this.#keeper.takePostponed();
    this.#joinRequest.forgetInvalid();
    this.#regroup();
    this.#host.changed();
  }

  #prepare(id: number, version: number): void {
    if (!this.#described || version > this.#maxVersion)
      return this.#ignore(VoiceOp.DavePrepareTransition, `version ${version} cannot be prepared`);
    this.#arrange(id, version);
    this.#host.changed();
  }

  /** Id 0 asks for no answer: it takes place at once. */
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

  /** There is no transition id to complain about yet, so what is wrong with proposals is only noted. */
  #propose(proposals: Proposals): void {
    const proposed = this.#keeper.propose(proposals, [this.#self, ...this.#host.call.members]);
    if (!proposed.ok) this.#ignore(VoiceOp.MlsProposals, proposed.reason);
    else if (proposed.value !== undefined) this.#host.outbox.send(mlsCommitWelcome(proposed.value));
  }

  #catchUp(): void {
    if (this.#keeper.hasExternalSender) for (const proposals of this.#keeper.takePostponed()) this.#propose(proposals);
  }

  /** Opcodes 29 and 30: the way into the next epoch. */
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
      this.#overdue = undefined;
      this.#undecryptable.end();
      this.#arrange(transitionId, this.#announced);
    }
    this.#host.changed();
  }

  #onDecrypt(decrypted: boolean): void {
    if (decrypted) return this.#undecryptable.end();
    const quiet = this.#keeper.ready && this.#transitions.settled && this.#overdue === undefined;
    if (!quiet || !this.#undecryptable.failed(this.#host.time.now())) return;
    this.#ignore(VoiceOp.MlsAnnounceCommit, `${UNDECRYPTABLE_LIMIT} frames in a row could not be decrypted`);
    this.#recover(this.#lastTransition);
    this.#host.changed();
  }

  /** Tells the server that we are not in its group, and asks to be let in again: now, or when the budget allows. */
  #recover(id: number): void {
    const wait = this.#budget.take(this.#host.time.now());
    if (wait === 0) {
      this.#joinRequest.reportInvalid(id);
      this.#regroup();
      return;
    }
    if (this.#overdue !== undefined) return;
    const overdue = {};
    this.#overdue = overdue;
    this.#host.time.after(wait, () => {
      if (this.#overdue !== overdue || this.#dead) return;
      this.#overdue = undefined;
      this.#recover(id);
      this.#host.changed();
    });
  }

  /** A new group, and a key package to be let into one by. */
  #regroup(): void {
    this.#overdue = undefined;
    this.#undecryptable.end();
    const opened = this.#keeper.open(this.#announced, this.#host.time.now());
    const made = opened.ok ? resultOf(() => opened.value.keyPackage()) : opened;
    if (!made.ok) return this.#fail(made.reason, made.error);
    this.#joinRequest.sendKeyPackage(made.value);
    this.#catchUp();
  }

  #status(): E2eeStatus {
    if (this.#transitions.version === 0) return 'plain';
    if (this.#overdue !== undefined) return 'failed';
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
    this.#host.failed(error instanceof VoiceUnsupportedError ? error : new VoiceUnsupportedError('dave', detail));
  }
}
