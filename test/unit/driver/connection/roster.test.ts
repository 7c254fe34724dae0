import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { MAX_MEMBERS, Roster } from '../../../../src/driver/connection/roster.js';
import type { SpeakingEvent } from '../../../../src/types.js';

function roster() {
  const members: string[][] = [];
  const spoken: SpeakingEvent[] = [];
  const ignored: string[] = [];
  const clients: object[] = [];
  /** For each claimed SSRC, whether its owner was a member by then. */
  const claimed: boolean[] = [];
  const target = new Roster('30', {
    onMembers: () => void members.push([...target.snapshot()]),
    onClaimed: (ssrc) => claimed.push(target.members.has(target.userOf(ssrc)!)),
    onSpeaking: (event) => spoken.push(event),
    onClient: (client) => clients.push(client),
    onIgnored: (op, reason) => ignored.push(`${op}: ${reason}`),
  });
  const say = (op: number, d: unknown): void => target.frame({ kind: 'json', op, d, seq: undefined });
  return { target, members, spoken, ignored, clients, claimed, say };
}

describe('Roster', () => {
  it('hands on what opcodes 18 and 20 say of clients, who need not be members', () => {
    const { clients, members, ignored, say } = roster();
    say(18, { user_id: '1', flags: 6 });
    say(18, { user_id: '1', flags: null });
    say(20, { user_id: '1', platform: 2 });
    say(20, { user_id: '1', platform: 'toaster' });
    say(20, { platform: 2 });
    expect(clients).toEqual([{ userId: '1', flags: 6 }, { userId: '1', flags: null }, { userId: '1', platform: 2 }, { userId: '1', platform: null }]);
    expect([members, ignored]).toEqual([[], ['20: user_id is not a snowflake']]);
  });

  it('tells who is in the call, the bot not counted, each time that changes and only then', () => {
    const { members, say } = roster();
    say(11, { user_ids: ['1', '2', '30'] });
    say(11, { user_ids: ['2', '30'] });
    say(11, { user_ids: ['3'] });
    say(13, { user_id: '2' });
    say(13, { user_id: '2' });
    say(11, { user_ids: [] });
    expect(members).toEqual([['1', '2'], ['1', '2', '3'], ['1', '3']]);
  });

  it('knows whose SSRC it is from Speaking and from Video, and nobody before', () => {
    const { target, say } = roster();
    expect(target.userOf(7)).toBeNull();
    say(5, { user_id: '1', ssrc: 7, speaking: 1 });
    say(12, { user_id: '2', audio_ssrc: 8, video_ssrc: 9 });
    expect([7, 8, 9].map((ssrc) => target.userOf(ssrc))).toEqual(['1', '2', null]);
  });

  it('forgets the old SSRC of a user who comes with a new one, and the owner of one that changes hands', () => {
    const { target, say } = roster();
    say(5, { user_id: '1', ssrc: 7, speaking: 1 });
    say(5, { user_id: '1', ssrc: 8, speaking: 1 });
    expect([target.userOf(7), target.userOf(8)]).toEqual([null, '1']);
    say(5, { user_id: '2', ssrc: 8, speaking: 1 });
    expect(target.userOf(8)).toBe('2');
  });

  it('forgets who leaves', () => {
    const { target, say } = roster();
    say(5, { user_id: '1', ssrc: 7, speaking: 1 });
    say(5, { user_id: '2', ssrc: 8, speaking: 1 });
    say(13, { user_id: '1' });
    expect([target.userOf(7), target.userOf(8)]).toEqual([null, '2']);
    expect([...target.members]).toEqual(['2']);
  });

  it('counts who speaks as a member, and tells when each starts and stops', () => {
    const { members, spoken, say } = roster();
    say(5, { user_id: '1', ssrc: 7, speaking: 5 });
    say(5, { user_id: '1', ssrc: 7, speaking: 0 });
    say(5, { user_id: '1', ssrc: 7, speaking: true });
    say(12, { user_id: '1', audio_ssrc: 7 });
    expect(members).toEqual([['1']]);
    expect(spoken).toEqual([5, 0, 1].map((speaking) => ({ userId: '1', ssrc: 7, speaking })));
  });

  it('hands out sets that do not change any more', () => {
    const sets: ReadonlySet<string>[] = [];
    const target = new Roster('30', { onMembers: () => void sets.push(target.snapshot(), target.snapshot()), onSpeaking: () => undefined, onIgnored: () => undefined });
    for (const id of ['1', '2']) target.frame({ kind: 'json', op: 11, d: { user_ids: [id] }, seq: undefined });
    expect(sets.map((set) => set.size)).toEqual([1, 1, 2, 2]);
    expect([sets[0] === sets[1], sets[1] === sets[2]]).toEqual([true, false]);
  });

  it('knows a member before it tells of the SSRC: what waited for its owner is decrypted for members only', () => {
    const { claimed, say } = roster();
    say(5, { user_id: '1', ssrc: 7, speaking: 1 });
    say(12, { user_id: '2', audio_ssrc: 8 });
    expect(claimed).toEqual([true, true]);
  });

  it('tells what is wrong with a frame that it cannot use, but for video without audio', () => {
    const { ignored, say } = roster();
    say(11, {});
    say(13, { user_id: 'x' });
    say(5, { user_id: '1', ssrc: -1 });
    say(12, { user_id: '1', audio_ssrc: 0, video_ssrc: 9 });
    expect(ignored).toEqual(['11: user_ids is not a list', '13: user_id is not a snowflake', '5: ssrc is not an unsigned 32-bit integer']);
  });

  it('believes in so many members and no more, by whatever opcode; who is told leaves room', () => {
    const { target, ignored, say } = roster();
    const ids = Array.from({ length: MAX_MEMBERS + 10 }, (_, i) => String(100 + i));
    say(11, { user_ids: ids });
    say(5, { user_id: '1', ssrc: 7, speaking: 1 });
    say(12, { user_id: '2', audio_ssrc: 8 });
    expect([target.members.size, target.userOf(7), target.userOf(8)]).toEqual([MAX_MEMBERS, null, null]);
    expect(ignored).toEqual([11, 5, 12].map((op) => `${op}: a call has ${MAX_MEMBERS} members at most`));
    say(13, { user_id: '100' });
    say(5, { user_id: '1', ssrc: 7, speaking: 1 });
    expect([target.members.size, target.userOf(7)]).toEqual([MAX_MEMBERS, '1']);
  });

  it('keeps one SSRC for a user and one user for an SSRC, whoever claims what: as its slow twin does', () => {
    const claim = fc.record({ user: fc.integer({ min: 1, max: 4 }), ssrc: fc.integer({ min: 1, max: 4 }), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 60 }), (claims) => {
        const { target, say } = roster();
        let pairs: (readonly [number, string])[] = [];
        for (const { user, ssrc, leaves } of claims) {
          const id = String(user);
          pairs = pairs.filter(([source, owner]) => owner !== id && (leaves || source !== ssrc));
          if (leaves) say(13, { user_id: id });
          else {
            say(5, { user_id: id, ssrc, speaking: 1 });
            pairs.push([ssrc, id]);
          }
          const twin = new Map(pairs);
          expect([1, 2, 3, 4].map((one) => target.userOf(one))).toEqual([1, 2, 3, 4].map((one) => twin.get(one) ?? null));
        }
      }),
    );
  });

  it('takes any frame without a throw', () => {
    const { target, members } = roster();
    const op = fc.constantFrom(5, 11, 12, 13, 2, 99);
    const d = fc.oneof(fc.anything(), fc.record({ user_id: fc.anything(), ssrc: fc.anything(), audio_ssrc: fc.anything(), user_ids: fc.anything() }));
    fc.assert(
      fc.property(op, d, (op, d) => {
        target.frame({ kind: 'json', op, d, seq: undefined });
        target.frame({ kind: 'binary', op, seq: 1, body: Uint8Array.of(1) });
      }),
      { numRuns: 2_000 },
    );
    for (const set of members) for (const id of set) expect(id).toMatch(/^\d{1,20}$/);
  });
});
