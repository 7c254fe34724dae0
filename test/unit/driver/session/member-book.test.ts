import { describe, expect, it } from 'vitest';
import { MemberBook } from '../../../../src/driver/session/member-book.js';
import type { CallMember, MemberVoiceState } from '../../../../src/types.js';

const UNKNOWN: CallMember = { flags: null, platform: null, connectedAt: null, suppressed: null };
const at = (userId: string, more: Partial<MemberVoiceState> = {}): MemberVoiceState => ({ userId, channelId: '20', suppressed: false, connectedAt: 5, ...more });

/** A member book, and the members of its call. */
function opened(): { book: MemberBook; become: (...members: readonly string[]) => void } {
  const book = new MemberBook();
  const members = new Set<string>();
  book.follow(members);
  const become = (...now: readonly string[]): void => {
    for (const userId of [...members]) if (!now.includes(userId)) members.delete(userId), book.left(userId);
    for (const userId of now) members.add(userId);
    book.changed();
  };
  return { book, become };
}

describe('the book of members', () => {
  it('has the members and nobody else, whatever is told of whom', () => {
    const { book, become } = opened();
    book.client({ userId: '1', flags: 2 });
    book.voiceState(at('1'));
    expect([...book.roster.value()]).toEqual([]);
    become('1', '2');
    expect([...book.roster.value()]).toEqual([
      ['1', { flags: 2, platform: null, connectedAt: 5, suppressed: false }],
      ['2', UNKNOWN],
    ]);
  });

  it('adds what comes later, each thing by itself', () => {
    const { book, become } = opened();
    become('1');
    book.client({ userId: '1', flags: 1 });
    book.client({ userId: '1', platform: 0 });
    book.client({ userId: '1', flags: null });
    book.voiceState(at('1', { suppressed: true, connectedAt: null }));
    expect(book.roster.value().get('1')).toEqual({ flags: null, platform: 0, connectedAt: null, suppressed: true });
  });

  it('forgets a client with its member, and a voice state with the channel', () => {
    const { book, become } = opened();
    become('1');
    book.client({ userId: '1', flags: 1 });
    book.voiceState(at('1'));
    become();
    become('1');
    expect(book.roster.value().get('1')).toEqual({ ...UNKNOWN, connectedAt: 5, suppressed: false });
    book.voiceState(at('1', { channelId: null }));
    expect(book.roster.value().get('1')).toEqual(UNKNOWN);
  });

  it('tells of what changes, by maps that do not', () => {
    const { book, become } = opened();
    const told: ReadonlyMap<string, CallMember>[] = [];
    book.roster.values$.subscribe((roster) => told.push(roster()));
    become('1');
    book.client({ userId: '2', flags: 1 });
    book.client({ userId: '1', flags: 4 });
    expect(told.map((roster) => [...roster.values()].map(({ flags }) => flags))).toEqual([[], [null], [4]]);
  });
});
