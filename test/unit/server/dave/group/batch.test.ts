import { describe, expect, it } from 'vitest';
import { commitFault, foundingBatch, mayCommit, memberBatch } from '../../../../../src/server/dave/group/batch.js';
import { ExternalSender } from '../../../../../src/server/dave/mls/external-sender.js';
import { LeafTable } from '../../../../../src/server/dave/members/leaf-table.js';
import { Participant } from '../../../../../src/server/dave/members/participant.js';
import { user } from '../stage.js';

const sender = new ExternalSender(new Uint8Array(8));

function participant(n: number): Participant {
  const made = new Participant({ userId: user(n), sendJson: () => undefined, sendBinary: () => undefined }, 1);
  made.offer = { bytes: Uint8Array.of(n), ref: `kp${n}`, signatureKey: `s${n}`, encryptionKey: `e${n}` };
  return made;
}

const saying = (leafIndex: number, refs: readonly string[], welcomed: readonly string[]) => ({
  commit: { message: new Uint8Array(), groupId: new Uint8Array(8), epoch: 0n, leafIndex, refs },
  welcome:
    welcomed.length === 0
      ? undefined
      : { secrets: new Map(welcomed.map((ref) => [ref, new Uint8Array()])), groupInfo: new Uint8Array() },
});

describe('a founding batch', () => {
  const [a, b, c] = [participant(0), participant(1), participant(2)];
  const batch = foundingBatch(sender, [a, b, c]);
  const [addA, addB, addC] = [...batch.additions.keys()] as [string, string, string];
  const none = new LeafTable();

  it('sends each candidate the additions of the others, and never its own', () => {
    expect([...batch.recipients].map(([who, { messages }]) => [who, [...messages.keys()]])).toEqual([
      [a, [addB, addC]],
      [b, [addA, addC]],
      [c, [addA, addB]],
    ]);
  });

  it('takes what was sent, in any order, with all Welcomes', () => {
    expect(commitFault(batch, a, saying(0, [addC, addB], ['kp1', 'kp2']), none)).toBeUndefined();
  });

  it.each([
    ['another leaf', saying(1, [addB, addC], ['kp1', 'kp2']), /another leaf/],
    ['less than was sent', saying(0, [addB], ['kp1']), /not the proposals/],
    ['nothing', saying(0, [], []), /not the proposals/],
    ['more than was sent', saying(0, [addA, addB, addC], ['kp0', 'kp1', 'kp2']), /not the proposals/],
    ["another one's", saying(0, [addA, addB], ['kp0', 'kp1']), /not the proposals/],
    ['one twice', saying(0, [addB, addB, addC], ['kp1', 'kp2']), /twice/],
    ['no Welcome', saying(0, [addB, addC], []), /no Welcome/],
    ['one Welcome too few', saying(0, [addB, addC], ['kp2']), /no Welcome/],
  ])('refuses a commit with %s', (_, message, reason) => expect(commitFault(batch, a, message, none)).toMatch(reason));

  it('nobody may commit who was not sent it, or has begun anew since', () => {
    expect([mayCommit(batch, a), mayCommit(batch, participant(0))]).toEqual([true, false]);
    c.beginAnew();
    expect(mayCommit(batch, c)).toBe(false);
  });
});

describe('a batch for members', () => {
  const [member, newcomer] = [participant(0), participant(1)];
  const leaf = { userId: member.userId, keyPackage: member.offer! };
  member.offer = undefined;
  member.leaf = leaf;
  const leaves = new LeafTable();
  leaves.add({ ...leaf, userId: user(9) });
  leaves.add(leaf);
  const batch = memberBatch(sender, 4, { members: [member], candidates: [newcomer], leafIndexes: [0] });
  const refs = [...batch.removals.keys(), ...batch.additions.keys()];

  it('goes to the members only, removals first', () => {
    expect([...batch.recipients.keys()]).toEqual([member]);
    expect([...batch.recipients.get(member)!.messages.keys()]).toEqual(refs);
    expect([mayCommit(batch, member), mayCommit(batch, newcomer)]).toEqual([true, false]);
  });

  it('is committed from the leaf of the member', () => {
    expect(commitFault(batch, member, saying(1, refs, ['kp1']), leaves)).toBeUndefined();
    for (const other of [0, 2]) expect(commitFault(batch, member, saying(other, refs, ['kp1']), leaves)).toMatch(/another leaf/);
  });

  it('may not be committed any more by one whose leaf has changed', () => {
    member.leaf = { ...leaf };
    expect(mayCommit(batch, member)).toBe(false);
  });
});
