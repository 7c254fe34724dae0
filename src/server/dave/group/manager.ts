/**
 * The MLS group of a call, as its delivery service sees it: who is in which leaf, what is proposed, whose commit is accepted. It makes the
 * leaves match the participants, one epoch at a time, and has no key of the group.
 */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../../../deadline.js';
import type { Snowflake } from '../../../types.js';
import type { DaveLog, ResetReason } from '../events.js';
import type { DaveFaultState } from '../faults.js';
import { LeafTable, type Leaf } from '../members/leaf-table.js';
import type { Participant } from '../members/participant.js';
import { MAX_VERSION } from '../members/versions.js';
import { readCommitWelcome, type CommitWelcome } from '../mls/commit-welcome.js';
import type { ExternalSender } from '../mls/external-sender.js';
import { welcomeFor } from '../mls/welcome.js';
import { commitFault, foundingBatch, mayCommit, memberBatch, type Batch } from './batch.js';
import type { ServerMessages } from './server-messages.js';
import type { Transitions } from './transitions.js';

/** What a group needs from its call. */
export interface GroupContext {
  readonly roster: ReadonlyMap<Snowflake, Participant>;
  readonly groupId: Uint8Array;
  readonly sender: ExternalSender;
  readonly transitions: Transitions;
  readonly messages: ServerMessages;
  readonly faults: DaveFaultState;
  readonly log: DaveLog;
  readonly scheduler: SchedulerLike;
  /** How long to wait for the commit of a batch, in ms; doubled with each successive time that none comes. */
  readonly stallTimeout: number;
  /** Runs an action when no other action runs, and then {@link GroupManager.settle}. */
  readonly enter: (action: () => void) => void;
  /** Whether the commit that founds a group is announced with transition id 0. */
  readonly foundsAtOnce: boolean;
}

/** The accepted commit: the first valid one. */
interface Accepted extends CommitWelcome {
  readonly author: Participant;
}

const MAX_STALL_DOUBLINGS = 6;

/** Manages one group after the other, as long as the call lasts. */
export class GroupManager {
  /** 0 while there is no group. */
  #epoch = 0;
  #leaves = new LeafTable();
  #batch: Batch | undefined;
  /** Accepted, but not announced yet because of a fault. */
  #accepted: Accepted | undefined;
  #stallTimer = Subscription.EMPTY;
  #stalls = 0;

  constructor(private readonly context: GroupContext) {}

  /** The MLS epoch; 0 while there is no group. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The users by leaf index; null is a blank leaf. Empty while there is no group. */
  get leaves(): readonly (Snowflake | null)[] {
    return this.#leaves.users;
  }

  /** The participants that are members of the group. */
  get members(): readonly Participant[] {
    return [...this.context.roster.values()].filter(({ leaf }) => leaf !== undefined);
  }

  /** Takes the next step, if there is one and no batch is under way. Call it after each change of the participants. */
  settle(): void {
    const { roster, transitions } = this.context;
    const under = this.#epoch > 0 || this.#batch !== undefined || transitions.inForce < MAX_VERSION;
    if (roster.size === 1 && under) return this.reset('alone');
    if (this.#batch !== undefined) {
      if ([...roster.values()].some((participant) => mayCommit(this.#batch!, participant))) return;
      this.#endBatch();
    }
    if (this.#epoch === 0) this.#proposeFounding();
    else if (this.members.length > 0) this.#proposeChanges();
    else if (roster.size > 0) this.reset('nobody-left');
  }

  /** Opcode 28. */
  commit(author: Participant, body: Uint8Array): void {
    const { groupId, log } = this.context;
    const { userId } = author;
    const read = readCommitWelcome(body);
    if (typeof read === 'string') return log.emit({ type: 'bad-commit', userId, reason: read });
    if (Buffer.compare(read.commit.groupId, groupId) !== 0)
      return log.emit({ type: 'bad-commit', userId, reason: 'the group id is not the channel id' });
    const batch = this.#batch;
    const open = batch !== undefined && this.#accepted === undefined && mayCommit(batch, author);
    if (!open || read.commit.epoch !== BigInt(batch.epoch)) return log.emit({ type: 'late-commit', userId });
    const reason = commitFault(batch, author, read, this.#leaves);
    if (reason !== undefined) return log.emit({ type: 'bad-commit', userId, reason });
    this.#stallTimer.unsubscribe();
    this.#accepted = { author, ...read };
    this.announce();
  }

  /** Announces the accepted commit, if there is one and no fault holds it back. */
  announce(): void {
    const [batch, accepted] = [this.#batch, this.#accepted];
    if (batch === undefined || accepted === undefined || this.context.faults.announcementsHeld) return;
    this.#stalls = 0;
    this.#endBatch();
    this.#apply(batch, accepted);
  }

  /** Gives up the group and asks everybody for a key package. */
  reset(reason: ResetReason): void {
    const { roster, transitions, messages, sender, log } = this.context;
    // Announced transitions are executed first: executed later, they would overwrite the versions set by the reset.
    transitions.flush();
    this.dissolve();
    log.emit({ type: 'reset', reason });
    const atOnce = roster.size === 1 || transitions.inForce === MAX_VERSION;
    for (const participant of roster.values()) {
      participant.beginAnew();
      messages.prepareEpoch(participant, MAX_VERSION);
      // Some clients wait for it; others keep the one they have.
      messages.externalSender(participant, sender.announcement);
      if (atOnce) messages.prepareTransition(participant, MAX_VERSION, 0);
    }
    if (atOnce) transitions.begin(0, MAX_VERSION, []);
  }

  /** Ends the group without telling anybody. */
  dissolve(): void {
    this.#endBatch();
    this.#epoch = 0;
    this.#leaves = new LeafTable();
    for (const participant of this.context.roster.values()) participant.dismiss();
  }

  #proposeFounding(): void {
    const candidates = this.#candidates();
    if (candidates.length >= 2) this.#send(foundingBatch(this.context.sender, candidates));
  }

  #proposeChanges(): void {
    const candidates = this.#candidates();
    const leafIndexes = this.#leaves.indexesWithout((leaf) => this.#isKept(leaf));
    if (candidates.length + leafIndexes.length === 0) return;
    this.#send(memberBatch(this.context.sender, this.#epoch, { members: this.members, candidates, leafIndexes }));
  }

  #candidates(): readonly Participant[] {
    return [...this.context.roster.values()].filter(({ isCandidate }) => isCandidate);
  }

  /**
   * A leaf that no participant owns is a ghost and must be removed. The leaf of a user who joins again stays until the new key
   * package is there, so that one batch replaces it.
   */
  #isKept(leaf: Leaf): boolean {
    const participant = this.context.roster.get(leaf.userId);
    if (participant === undefined) return false;
    return participant.leaf === undefined ? !participant.isCandidate : participant.leaf === leaf;
  }

  #send(batch: Batch): void {
    const { messages, log, scheduler, stallTimeout, enter } = this.context;
    this.#batch = batch;
    this.#stallTimer = deadline(stallTimeout * 2 ** this.#stalls, scheduler, () => enter(() => this.#stalled()));
    log.emit({
      type: 'proposals',
      epoch: batch.epoch,
      adds: [...batch.additions.values()].map(({ participant }) => participant.userId),
      removes: [...batch.removals.values()],
      recipients: [...batch.recipients.keys()].map(({ userId }) => userId),
    });
    for (const [participant, { messages: proposals }] of batch.recipients) messages.proposals(participant, proposals.values());
  }

  #apply(batch: Batch, { author, commit, welcome }: Accepted): void {
    const { transitions, messages, log, foundsAtOnce } = this.context;
    const founding = batch.epoch === 0;
    // Clients that do not know yet that the call is encrypted must be told when to begin, so id 0 is not possible for them.
    const atOnce = founding && foundsAtOnce && transitions.inForce === MAX_VERSION;
    const transitionId = atOnce ? 0 : transitions.nextId();
    const stayed = founding ? [author].filter((founder) => mayCommit(batch, founder)) : this.members;
    if (founding) this.#join(author, batch.recipients.get(author)!.standing as Leaf['keyPackage']);
    for (const ref of commit.refs) {
      const leafIndex = batch.removals.get(ref);
      if (leafIndex !== undefined) this.#leaves.remove(leafIndex);
    }
    const added = commit.refs.flatMap((ref) => batch.additions.get(ref) ?? []);
    const newcomers = added.filter(({ participant, keyPackage }) => this.#join(participant, keyPackage));
    this.#leaves.trim();
    this.#epoch = batch.epoch + 1;
    log.emit({ type: 'commit', userId: author.userId, epoch: this.#epoch, transitionId, members: this.leaves });
    messages.commits(stayed, transitionId, commit.message);
    messages.welcomes(
      newcomers.map(({ participant, keyPackage }) => ({ participant, message: welcomeFor(welcome!, keyPackage.ref) })),
      transitionId,
    );
    const everybody = [...stayed, ...newcomers.map(({ participant }) => participant)];
    transitions.begin(transitionId, MAX_VERSION, everybody.map(({ userId }) => userId));
  }

  /** Fills a leaf. It belongs to the participant, unless that has left or joined again since the proposal; then it is a ghost. */
  #join(participant: Participant, keyPackage: Leaf['keyPackage']): boolean {
    const leaf: Leaf = { userId: participant.userId, keyPackage };
    this.#leaves.add(leaf);
    if (participant.offer !== keyPackage) return false;
    participant.offer = undefined;
    participant.leaf = leaf;
    return true;
  }

  #stalled(): void {
    this.#stalls = Math.min(this.#stalls + 1, MAX_STALL_DOUBLINGS);
    this.reset('stalled');
  }

  #endBatch(): void {
    this.#stallTimer.unsubscribe();
    this.#batch = undefined;
    this.#accepted = undefined;
  }
}
