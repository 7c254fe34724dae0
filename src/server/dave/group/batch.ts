/**
 * The proposals of one epoch. One batch is in flight at a time, and later proposals wait for the next: if proposals were added to or removed from a
 * batch in flight, the commits of the members would race each other, and a member could commit additions without a Welcome.
 */
import type { Leaf, LeafTable } from '../members/leaf-table.js';
import type { Participant } from '../members/participant.js';
import type { CommitWelcome } from '../mls/commit-welcome.js';
import type { ExternalSender } from '../mls/external-sender.js';
import type { KeyPackage } from '../mls/key-package.js';

/** A participant to add, with the key package of the proposal. */
export interface Addition {
  readonly participant: Participant;
  readonly keyPackage: KeyPackage;
}

/** The leaf or key package of a recipient when the proposals were sent to it, and which proposals those were. */
interface Recipient {
  readonly standing: Leaf | KeyPackage;
  /** The MLSMessages, by ProposalRef. */
  readonly messages: ReadonlyMap<string, Uint8Array>;
}

/** Proposals sent, for which no commit was accepted yet. */
export interface Batch {
  /** The epoch they are for. 0 founds the group. */
  readonly epoch: number;
  readonly additions: ReadonlyMap<string, Addition>;
  /** Leaf indexes, by ProposalRef. */
  readonly removals: ReadonlyMap<string, number>;
  readonly recipients: ReadonlyMap<Participant, Recipient>;
}

/**
 * For a group that does not exist yet: each candidate starts in a group that has only itself, and is asked to add all the others. There must be at
 * least two candidates, each with a key package.
 */
export function foundingBatch(sender: ExternalSender, candidates: readonly Participant[]): Batch {
  const adds = candidates.map((participant) => signAddition(sender, participant, 0));
  return {
    epoch: 0,
    additions: new Map(adds.map(({ ref, addition }) => [ref, addition])),
    removals: new Map(),
    recipients: new Map(
      adds.map(({ addition: { participant, keyPackage } }) => [
        participant,
        {
          standing: keyPackage,
          // Never its own Add: a member that is asked to add itself cannot commit at all in this epoch.
          messages: new Map(adds.flatMap((add) => (add.addition.participant === participant ? [] : [[add.ref, add.message]]))),
        },
      ]),
    ),
  };
}

/** For an established group. `leafIndexes` are removed; none of `members`, who each have a leaf, may be among them. */
export function memberBatch(
  sender: ExternalSender,
  epoch: number,
  { members, candidates, leafIndexes }: {
    readonly members: readonly Participant[];
    readonly candidates: readonly Participant[];
    readonly leafIndexes: readonly number[];
  }, // prettier-ignore
): Batch {
  const removes = leafIndexes.map((index) => ({ index, ...sender.remove(index, epoch) }));
  const adds = candidates.map((participant) => signAddition(sender, participant, epoch));
  const messages = new Map([...removes, ...adds].map(({ ref, message }) => [ref, message]));
  return {
    epoch,
    additions: new Map(adds.map(({ ref, addition }) => [ref, addition])),
    removals: new Map(removes.map(({ ref, index }) => [ref, index])),
    recipients: new Map(members.map((member) => [member, { standing: member.leaf!, messages }])),
  };
}

function signAddition(sender: ExternalSender, participant: Participant, epoch: number) {
  const keyPackage = participant.offer!;
  return { ...sender.add(keyPackage.bytes, epoch), addition: { participant, keyPackage } };
}

/** Whether a participant has the same leaf or key package as when it got the proposals, so that its commit can be announced. */
export function mayCommit(batch: Batch, participant: Participant): boolean {
  const standing = batch.recipients.get(participant)?.standing;
  return standing !== undefined && standing === (batch.epoch === 0 ? participant.offer : participant.leaf);
}

/** What is wrong with a commit of a participant that may commit; undefined if it can be announced. */
export function commitFault(
  batch: Batch,
  participant: Participant,
  { commit, welcome }: CommitWelcome,
  leaves: LeafTable,
): string | undefined {
  // A founder has leaf 0 in its own group of one.
  const owner = batch.epoch === 0 ? commit.leafIndex === 0 : leaves.at(commit.leafIndex) === participant.leaf;
  if (!owner) return 'the committer has another leaf';
  const sent = batch.recipients.get(participant)!.messages;
  const refs = new Set(commit.refs);
  if (refs.size !== commit.refs.length) return 'a proposal is committed twice';
  if (refs.size !== sent.size || commit.refs.some((ref) => !sent.has(ref))) return 'not the proposals that were sent';
  for (const ref of commit.refs) {
    const addition = batch.additions.get(ref);
    if (addition !== undefined && !welcome?.secrets.has(addition.keyPackage.ref)) return 'an addition has no Welcome';
  }
  return undefined;
}
