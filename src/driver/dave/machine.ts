/**
 * The client's half of DAVE as a machine of events: frames of the voice gateway in, messages out, strictly in order. It knows no
 * Observables, sockets or timers; {@link DaveHost} is its world.
 *
 * ```
 * 4 v1   →  26                      25 → founded          27 → 28        29/30 {id} → keys, 23 {id}       22 {id} → in force
 * 24 {1} →  new group, 26                                                29/30 {0}  → keys, in force
 *                                                                        29/30 bad  → 31 {id}, new group, 26
 * ```
 *
 * Source: Discord docs, Voice Connections, "End-to-End Encryption"; DAVE whitepaper, "Voice Gateway Opcodes".
 */
import { VoiceUnsupportedError } from '../../errors.js';
import type { BinaryFrame, JsonFrame, ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { readClientDisconnect, readClientsConnect, readSessionDescription, type Read } from '../../protocol/payloads.js';
import type { E2eeState, E2eeStatus, Snowflake } from '../../types.js';
import { resultOf } from './result.js';
import { DaveCipher } from './cipher.js';
import { GroupKeeper } from './group-keeper.js';
import type { DaveHost } from './host.js';
import {
  mlsCommitWelcome, readExecuteTransition, readPrepareEpoch, readPrepareTransition,
  readProposals, readTransition, transitionReady, type Proposals, type Transition,
} from './messages.js'; // prettier-ignore
import { Plea } from './plea.js';
import type { CommitOutcome, DaveGroup, DaveProvider } from './provider.js';
import { RECOVERY_LIMIT, RECOVERY_WINDOW, RecoveryBudget } from './recovery-budget.js';
import { PLAIN_STATE } from './state.js';
import { Suspicion, UNDECRYPTABLE_LIMIT } from './suspicion.js';
import { Transitions } from './transitions.js';

/** The DAVE client of one media session. */
export class DaveMachine {
  /** What every frame has to pass, in and out. */
  readonly cipher: DaveCipher;
  readonly #maxVersion: number;
  readonly #host: DaveHost;
  readonly #self: Snowflake;
  readonly #keeper: GroupKeeper;
  readonly #transitions = new Transitions();
  readonly #plea: Plea;
  readonly #budget = new RecoveryBudget(RECOVERY_LIMIT, RECOVERY_WINDOW);
  readonly #suspicion = new Suspicion();
  /** Who else is in the call, as opcodes 11 and 13 say. */
  readonly #others = new Set<Snowflake>();
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
    this.#plea = new Plea((message) => host.send(message));
    this.cipher = new DaveCipher({
      keeper: this.#keeper,
      transitions: this.#transitions,
      recognises: (userId) => this.#others.has(userId),
      now: () => host.now(),
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

  /** Takes one frame, whatever it is. Never throws. */
  frame(frame: ServerFrame): void {
    if (this.#dead) return;
    if (frame.kind === 'json') this.#json(frame);
    else this.#binary(frame);
  }

  #json({ op, d }: JsonFrame): void {
    switch (op) {
      case VoiceOp.SessionDescription:
        return this.#read(op, readSessionDescription(d), ({ daveVersion }) => this.#describe(daveVersion));
      case VoiceOp.Resumed:
        return this.#plea.again();
      case VoiceOp.ClientsConnect:
        return this.#read(op, readClientsConnect(d), (users) => {
          for (const user of users) if (user !== this.#self) this.#others.add(user);
          this.#host.changed();
        });
      case VoiceOp.ClientDisconnect:
        return this.#read(op, readClientDisconnect(d), ({ userId }) => {
          this.#others.delete(userId);
          this.#host.changed();
        });
      case VoiceOp.DavePrepareTransition:
        return this.#read(op, readPrepareTransition(d), ({ transitionId, version }) => this.#prepare(transitionId, version));
      case VoiceOp.DaveExecuteTransition:
        return this.#read(op, readExecuteTransition(d), ({ transitionId }) => {
          if (this.#transitions.execute(transitionId, this.#host.now())) this.#host.changed();
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

  #describe(version: number): void {
    if (version > this.#maxVersion)
      return this.#fail(`the server described version ${version}, the DaveProvider speaks up to ${this.#maxVersion}`);
    this.#described = true;
    this.#announced = version;
    this.#transitions.begin(version);
    this.#plea.heard();
    if (version > 0) this.#regroup();
    this.#host.changed();
  }

  #epoch(epoch: number, version: number): void {
    if (!this.#described || version === 0 || version > this.#maxVersion)
      return this.#ignore(VoiceOp.DavePrepareEpoch, `version ${version} cannot be prepared`);
    this.#announced = version;
    if (epoch > 1) return;
    // Proposals for the group that is given up fit no other.
    this.#keeper.takeEarly();
    this.#plea.anew();
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
    if (id === 0) return this.#transitions.become(version, this.#host.now());
    this.#transitions.prepare(id, version);
    this.#host.send(transitionReady(id));
  }

  #externalSender(sender: Uint8Array): void {
    const refusal = this.#keeper.externalSender(sender);
    if (refusal !== undefined) this.#ignore(VoiceOp.MlsExternalSender, refusal);
    this.#catchUp();
    this.#host.changed();
  }

  #proposals(proposals: Proposals): void {
    if (!this.#keeper.founded) {
      if (!this.#keeper.postpone(proposals)) this.#ignore(VoiceOp.MlsProposals, 'too many came before the group');
      return;
    }
    this.#propose(proposals);
    this.#host.changed();
  }

  /** There is no transition id to complain about yet, so what is wrong with proposals is only noted. */
  #propose(proposals: Proposals): void {
    const proposed = this.#keeper.propose(proposals, [this.#self, ...this.#others]);
    if (!proposed.ok) this.#ignore(VoiceOp.MlsProposals, proposed.reason);
    else if (proposed.value !== undefined) this.#host.send(mlsCommitWelcome(proposed.value));
  }

  #catchUp(): void {
    if (this.#keeper.founded) for (const proposals of this.#keeper.takeEarly()) this.#propose(proposals);
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
      this.#plea.heard();
      this.#overdue = undefined;
      this.#suspicion.allay();
      this.#arrange(transitionId, this.#announced);
    }
    this.#host.changed();
  }

  #onDecrypt(decrypted: boolean): void {
    if (decrypted) return this.#suspicion.allay();
    const quiet = this.#keeper.ready && this.#transitions.settled && this.#overdue === undefined;
    if (!quiet || !this.#suspicion.raise(this.#host.now())) return;
    this.#ignore(VoiceOp.MlsAnnounceCommit, `${UNDECRYPTABLE_LIMIT} frames in a row could not be decrypted`);
    this.#recover(this.#lastTransition);
    this.#host.changed();
  }

  /** Tells the server that we are not in its group, and asks to be let in again: now, or when the budget allows. */
  #recover(id: number): void {
    const wait = this.#budget.take(this.#host.now());
    if (wait === 0) {
      this.#plea.flag(id);
      this.#regroup();
      return;
    }
    if (this.#overdue !== undefined) return;
    const overdue = {};
    this.#overdue = overdue;
    this.#host.after(wait, () => {
      if (this.#overdue !== overdue || this.#dead) return;
      this.#overdue = undefined;
      this.#recover(id);
      this.#host.changed();
    });
  }

  /** A new group, and a key package to be let into one by. */
  #regroup(): void {
    this.#overdue = undefined;
    this.#suspicion.allay();
    const opened = this.#keeper.open(this.#announced, this.#host.now());
    const made = opened.ok ? resultOf(() => opened.value.keyPackage()) : opened;
    if (!made.ok) return this.#fail(made.reason, made.error);
    this.#plea.ask(made.value);
    this.#catchUp();
  }

  #status(): E2eeStatus {
    if (this.#transitions.version === 0) return 'plain';
    if (this.#overdue !== undefined) return 'failed';
    if (this.#keeper.ready) return 'secure';
    return this.#keeper.founded && this.#others.size === 0 ? 'alone' : 'forming';
  }

  #ignore(op: number, reason: string): void {
    this.#host.ignored(`opcode ${op}`, reason);
  }

  #fail(detail: string, error?: unknown): void {
    this.#dead = true;
    this.#host.failed(error instanceof VoiceUnsupportedError ? error : new VoiceUnsupportedError('dave', detail));
  }
}
