/** End-to-end encrypted calls over real sockets, with the real MLS library on every member. */
import { filter, finalize, firstValueFrom, map, take, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VoiceServerOptions } from '../../src/server/index.js';
import { testFrame, testFrames } from '../../src/testing/index.js';
import { CHANNEL, EncryptedCall, GUILD, hex } from '../support/encrypted-call.js';
import { leakedResources, openResources } from '../support/open-resources.js';

/** Whether sessions run in threads or on nodes, where each frame is requested and may come late. */
const ELSEWHERE = /threads|nodes/.test(process.env['RXVOICE_ENGINE'] ?? '');

let before: string[];
let stage: EncryptedCall;
const start = async (options?: VoiceServerOptions): Promise<EncryptedCall> => (stage = await EncryptedCall.start(options));

beforeEach(() => {
  before = openResources();
});
afterEach(async () => {
  await stage.end();
  expect(await leakedResources(before)).toEqual([]);
});

describe('an encrypted call', () => {
  it('of two: one code, each hears the other, and the server hears nothing', async () => {
    const { server } = await start();
    const payloads: string[] = [];
    server.packets$.subscribe(({ payload }) => payloads.push(hex(payload)));
    await stage.join('11');
    await stage.join('12');
    const code = await stage.agreed();
    expect(code).toMatch(/^\d{30}$/);
    await stage.expectHeard('11', 20, 0);
    await stage.expectHeard('12', 20, 100);
    const plain = new Set([...testFrames(20), ...testFrames(20, 100)].map(hex));
    expect(payloads.filter((payload) => plain.has(payload))).toEqual([]);
    expect(payloads.filter((payload) => payload.endsWith('fafa')).length).toBe(40);
    const [a, b] = await Promise.all([
      firstValueFrom(stage.sessions.get('11')!.verify('12')),
      firstValueFrom(stage.sessions.get('12')!.verify('11')),
    ]);
    expect(a).toMatch(/^\d{45}$/);
    expect(b).toBe(a);
  });

  it('stays one through joins and leaves', async () => {
    await start();
    const codes = new Set<string>();
    for (const userId of ['11', '12', '13']) await stage.join(userId);
    codes.add(await stage.agreed());
    await stage.expectHeard('13', 5, 0);
    stage.go('12');
    codes.add(await stage.agreed());
    await stage.expectHeard('11', 5, 10);
    await stage.join('12');
    await stage.join('14');
    codes.add(await stage.agreed());
    for (const userId of ['11', '12', '13', '14']) await stage.expectHeard(userId, 5, 20);
    expect(codes.size).toBe(3);
  });

  it.each([10, 25])('of %i: one code after each step, and everybody hears everybody', async (size) => {
    await start();
    const users = Array.from({ length: size }, (_, i) => String(100 + i));
    await Promise.all(users.map((userId) => stage.join(userId)));
    await stage.agreed();
    await stage.expectAllHeard(3);
    for (const userId of users.slice(0, 3)) stage.go(userId);
    await stage.agreed();
    await Promise.all(users.slice(0, 2).map((userId) => stage.join(userId)));
    await stage.agreed();
    await stage.expectAllHeard(3);
  });

  it('holds what plays alone, and lets it go on when somebody comes', async () => {
    await start();
    const alone = await stage.join('11');
    expect(await firstValueFrom(alone.e2ee$)).toMatchObject({ status: 'alone', version: 1 });
    // Plays until the listener hears it: where sessions run elsewhere, the first frames may arrive before the listener has been told to listen.
    let heard = false;
    const song = (function* () {
      for (let index = 0; !heard; index += 1) yield testFrame(index);
    })();
    const events = firstValueFrom(alone.play(song).pipe(toArray()));
    const listener = stage.join('12');
    const frames = listener.then((session) =>
      firstValueFrom(session.receive('11').pipe(map(({ frame }) => hex(frame)), take(10), finalize(() => (heard = true)), toArray()))); // prettier-ignore
    const told = (await events).map(({ type }) => type).filter((type) => type !== 'sent' && !(ELSEWHERE && type === 'starved'));
    expect(told).toEqual(['suspended', 'resumed', 'started', 'finished']);
    expect((await frames).length).toBe(10);
  });

  it('survives a dropped WebSocket and a reset of the group', async () => {
    const { server } = await start();
    await stage.join('11');
    await stage.join('12');
    const first = await stage.agreed();
    server.faults.dropSocket('11');
    await stage.join('13');
    const second = await stage.agreed();
    server.dave(GUILD, CHANNEL)!.faults.resetGroup();
    await stage.soon(() => 'a new group', firstValueFrom(stage.sessions.get('12')!.e2ee$.pipe(filter(({ status, privacyCode }) => status === 'secure' && privacyCode !== second))));
    const third = await stage.agreed();
    expect(new Set([first, second, third]).size).toBe(3);
    await stage.expectHeard('11', 5, 0);
    await stage.expectHeard('13', 5, 10);
  });

  it.each(['garbleCommit', 'garbleWelcome', 'sendGarbageProposals'] as const)('recovers from %s', async (fault) => {
    const { server } = await start();
    await stage.join('11');
    await stage.join('12');
    await stage.agreed();
    server.dave(GUILD, CHANNEL)!.faults[fault]();
    await stage.join('13').catch(() => undefined);
    await stage.agreed();
    for (const [i, userId] of ['11', '12', '13'].entries()) await stage.expectHeard(userId, 5, i * 10);
  });
});

describe('a client without DAVE', () => {
  it('is refused with 4017, which names the cure', async () => {
    await start();
    await expect(stage.join('11', { dave: false })).rejects.toMatchObject({ code: 'unsupported', what: 'dave' });
  });

  it('takes the call down to plain while it is there, by option', async () => {
    await start({ withoutDave: 'downgrade' });
    await stage.join('11');
    await stage.join('12');
    await stage.agreed();
    await stage.join('13', { dave: false });
    for (const userId of ['11', '12'])
      await firstValueFrom(stage.sessions.get(userId)!.e2ee$.pipe(filter(({ status }) => status === 'plain')));
    await stage.expectHeard('11', 5, 0);
    await stage.expectHeard('13', 5, 10);
    stage.go('13');
    await stage.agreed();
    await stage.expectHeard('12', 5, 20);
  });
});
