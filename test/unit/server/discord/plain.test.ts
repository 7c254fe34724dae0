/** The pure parts of the simulated Discord: permissions, command lines, ids, routes, limits, sessions, compression. */
import { constants, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWire } from '../../../../src/server/discord/gateway/wire.js';
import { ShardSession } from '../../../../src/server/discord/gateway/shard-session.js';
import { readOptions, splitCommand, type OptionDefinition } from '../../../../src/server/discord/plain/command-line.js';
import { isMemberError } from '../../../../src/server/discord/plain/member-error.js';
import { areIntents } from '../../../../src/server/discord/plain/intents.js';
import {
  ALL_PERMISSIONS,
  channelPermissions,
  PERMISSIONS,
  permissionBits,
  type Overwrite,
} from '../../../../src/server/discord/plain/permissions.js';
import { SessionIds } from '../../../../src/server/discord/plain/session-ids.js';
import { createdAt, Snowflakes } from '../../../../src/server/discord/plain/snowflakes.js';
import { RateLimits } from '../../../../src/server/discord/rest/rate-limits.js';
import { route, RouteTable } from '../../../../src/server/discord/rest/route.js';

const { VIEW_CHANNEL, CONNECT, SPEAK, ADMINISTRATOR } = PERMISSIONS;

describe('permissions', () => {
  const [EVERYONE, ROLE, OTHER, USER] = ['1', '2', '3', '9'];
  const holder = (everyone: bigint, role: bigint, owner = false) => ({
    userId: USER!, owner, everyone: { id: EVERYONE!, permissions: everyone }, roles: [{ id: ROLE!, permissions: role }],
  }); // prettier-ignore
  const overwrite = (id: string, type: 0 | 1, allow: bigint, deny: bigint): Overwrite => ({ id, type, allow, deny });

  it('add up over roles; an administrator and the owner may all, whatever a channel says', () => {
    expect(channelPermissions(holder(VIEW_CHANNEL, CONNECT), [])).toBe(VIEW_CHANNEL | CONNECT);
    const nothing = [overwrite(EVERYONE!, 0, 0n, ALL_PERMISSIONS)];
    expect(channelPermissions(holder(0n, ADMINISTRATOR), nothing)).toBe(ALL_PERMISSIONS);
    expect(channelPermissions(holder(0n, 0n, true), nothing)).toBe(ALL_PERMISSIONS);
  });

  it('what a channel says of a member counts most, then of roles, then of everyone; roles not held do not count', () => {
    const bits = fc.bigInt({ min: 0n, max: ALL_PERMISSIONS }).map((some) => some & ~ADMINISTRATOR);
    const at = (id: string, type: 0 | 1) =>
      fc.record({ allow: bits, deny: bits }).map(({ allow, deny }) => overwrite(id, type, allow & ~deny, deny));
    fc.assert(
      fc.property(bits, at(EVERYONE!, 0), at(ROLE!, 0), at(OTHER!, 0), at(USER!, 1), (base, everyone, role, other, member) => {
        const of = (...given: Overwrite[]): bigint =>
          channelPermissions(
            holder(base | VIEW_CHANNEL, 0n),
            given.map((one) => ({ ...one, deny: one.deny & ~VIEW_CHANNEL })),
          );
        const all = of(everyone, role, other, member);
        expect(of(member, other, role, everyone)).toBe(all);
        expect(of(everyone, role, member)).toBe(all);
        expect(all & member.allow).toBe(member.allow);
        expect(all & member.deny & ~VIEW_CHANNEL).toBe(0n);
        const decided = member.allow | member.deny;
        expect(all & role.allow & ~decided).toBe(role.allow & ~decided);
      }),
    );
  });

  it('who does not see a channel may nothing in it; a name that is none is told', () => {
    expect(channelPermissions(holder(VIEW_CHANNEL | CONNECT | SPEAK, 0n), [overwrite(USER!, 1, 0n, VIEW_CHANNEL)])).toBe(0n);
    expect(() => permissionBits(['Connect' as 'CONNECT'])).toThrow(/no permission 'Connect'; there are KICK_MEMBERS/);
  });
});

describe('a command line', () => {
  const options: readonly OptionDefinition[] = [
    { name: 'song', type: 3, required: true },
    { name: 'times', type: 4, min_value: 1, max_value: 9 },
    { name: 'loud', type: 5 },
    { name: 'who', type: 6 },
    { name: 'mood', type: 3, choices: [{ name: 'Merry', value: 'm' }, { name: 'Sad', value: 's' }] },
  ]; // prettier-ignore
  const values = (text: string, declared = options) => readOptions('/play', declared, text).map(({ name, value }) => [name, value]);

  it('is read by names, in any order, or in the order of declaration', () => {
    expect(splitCommand('/play  Für Elise ')).toEqual(['play', 'Für Elise']);
    expect(values('times: 3 song: a: b who: <@!42> mood: Merry loud: true')).toEqual([['song', 'a: b'], ['times', 3], ['loud', true], ['who', '42'], ['mood', 'm']]); // prettier-ignore
    expect(values('elise 2')).toEqual([['song', 'elise'], ['times', 2]]); // prettier-ignore
    expect(values('a song of many words', options.slice(0, 1))).toEqual([['song', 'a song of many words']]);
    expect(values('', [])).toEqual([]);
  });

  it('goes down to subcommands', () => {
    const declared = [{ name: 'queue', type: 2, options: [{ name: 'add', type: 1, options: options.slice(0, 1) }] }];
    expect(readOptions('/music', declared, 'queue add x')).toEqual([
      { name: 'queue', type: 2, options: [{ name: 'add', type: 1, options: [{ name: 'song', type: 3, value: 'x' }] }] },
    ]);
    expect(() => readOptions('/music', declared, 'queue drop x')).toThrow("/music queue is followed by add, not by 'drop'");
  });

  it.each([
    ['times: 2', "/play needs its option 'song'"],
    ['song: x times: 2.5', 'it is a whole number'],
    ['song: x times: 10', 'it is from 1 to 9'],
    ['song: x loud: yes', 'it is true or false'],
    ['song: x mood: angry', 'it is one of Merry, Sad'],
  ])('%s: %s', (text, message) => {
    expect(() => values(text)).toThrow(expect.toSatisfy(isMemberError));
    expect(() => values(text)).toThrow(message);
  });

  it('fails in no other way, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        try {
          values(text);
        } catch (error) {
          expect(error).toSatisfy(isMemberError);
        }
      }),
    );
  });
});

describe('ids', () => {
  it('rise, also under a clock that stands or goes back, and tell their time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_500_000_000_000, max: 1_900_000_000_000 }), { minLength: 2 }), (times) => {
        const clock = [...times];
        const ids = new Snowflakes(() => clock.shift() ?? 0);
        const made = times.map(() => BigInt(ids.next()));
        expect(made.every((id, at) => at === 0 || id > made[at - 1]!)).toBe(true);
        expect(createdAt(String(made[0]))).toBe(new Date(times[0]!).toISOString());
      }),
    );
  });

  it('of sessions are found by the shard of a guild, the latest first', () => {
    const ids = new SessionIds();
    const guild = String(5n << 22n);
    ids.set([0, 2], 'even');
    ids.set([1, 2], 'odd');
    expect(ids.of(guild)).toBe('odd');
    ids.set([0, 1], 'all');
    expect(ids.of(guild)).toBe('all');
    ids.set([1, 2], 'odd again');
    expect(ids.of(guild)).toBe('odd again');
  });
});

it('intents are bits that there are', () => {
  expect([0, 1, (1 << 25) | 1, 0x1ffff].map(areIntents)).toEqual([true, true, true, true]);
  expect([-1, 1.5, 1 << 17, 1 << 30, 2 ** 33, '1', null].map(areIntents)).toEqual([false, false, false, false, false, false, false]);
});

it('a fixed part of a path comes before a named one', () => {
  const table = new RouteTable([
    route('GET', '/users/:user', () => 'user'),
    route('GET', '/users/@me', () => 'me'),
    route('PATCH', '/users/@me', () => 'changed'),
  ]);
  expect(table.find('GET', '/users/@me/').route.path).toBe('/users/@me');
  expect(table.find('GET', '/users/a%20b').params).toEqual({ user: 'a b' });
  expect(() => table.find('DELETE', '/users/@me')).toThrow('405');
  expect(() => table.find('GET', '/user')).toThrow('404');
});

it('limits: a bucket for each route and channel, its window, and one for all', () => {
  let now = 0;
  const limits = new RateLimits(
    () => now,
    () => 1_000_000 + now,
  );
  const match = (channel: string) => ({ route: route('POST', '/channels/:channel/messages', () => 0), params: { channel } });
  const take = (channel: string) => limits.take(match(channel));
  expect(Array.from({ length: 6 }, () => take('1').retryAfter)).toEqual([undefined, undefined, undefined, undefined, undefined, 5_000]);
  now = 2_000;
  expect(take('1')).toMatchObject({
    retryAfter: 3_000,
    global: false,
    headers: { 'x-ratelimit-reset': '1005.000', 'x-ratelimit-reset-after': '3.000', 'x-ratelimit-remaining': '0' },
  });
  expect(take('2').retryAfter).toBeUndefined();
  now = 5_000;
  expect(take('1').retryAfter).toBeUndefined();
  const many = Array.from({ length: 50 }, (_, n) => take(String(100 + n)));
  expect(many.findIndex(({ global }) => global)).toBe(49);
  expect(many[49]).toMatchObject({ retryAfter: 1_000, global: true });
});

it('a session keeps what it dispatched, and knows what it never gave out', () => {
  const session = new ShardSession('s', [0, 1], 0);
  for (let n = 1; n <= 1_200; n++) session.dispatch('X', n);
  expect(session.after(1_198)!.map((text) => (JSON.parse(text) as { d: number }).d)).toEqual([1_199, 1_200]);
  expect([session.after(200)?.length, session.after(199), session.after(1_201)]).toEqual([1_000, undefined, undefined]);
});

it('zlib-stream: each message whole, and flushed by 00 00 FF FF, over one context', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.nat(70_000).map((length) => 'x'.repeat(length)),
        ),
        { maxLength: 6 },
      ),
      async (texts) => {
        const wire = openWire('zlib-stream')!;
        const messages: Buffer[] = [];
        for (const text of texts) messages.push((await wire.encode(`"${text}"`)) as Buffer);
        wire.close();
        expect(messages.every((message) => message.subarray(-4).toString('hex') === '0000ffff')).toBe(true);
        const whole = inflateSync(Buffer.concat(messages), { finishFlush: constants.Z_SYNC_FLUSH });
        expect(whole.toString()).toBe(texts.map((text) => `"${text}"`).join(''));
      },
    ),
    { numRuns: 20 },
  );
});
