/** The parts of a node in isolation: what is refused, what waits, what is not sent, and what is not opened. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncScheduler, firstValueFrom, NEVER, of, Subject, toArray, VirtualTimeScheduler, type SchedulerLike } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import { describeSource } from '../../../src/audio/sources/describe.js';
import { MediaSourceError } from '../../../src/audio/errors.js';
import type { UdpPort, VoiceSocket } from '../../../src/driver/ports.js';
import { SessionMoved } from '../../../src/engine/session-moved.js';
import { ErrorBook } from '../../../src/engine/wire-error.js';
import { EngineLostError, VoiceOptionsError } from '../../../src/errors.js';
import { descriptionOf } from '../../../src/frames/description.js';
import { isCopying } from '../../../src/media/send/sender.js';
import { fenced } from '../../../src/nodes/fence.js';
import { PreparedSession } from '../../../src/nodes/hand-over/prepared-session.js';
import { natsEngine, voiceNode, type NatsConnectionLike } from '../../../src/nodes/index.js';
import { carryMediaErrors, sourceOpener, toldToNodes } from '../../../src/nodes/open-source.js';
import { NodeTable } from '../../../src/nodes/node-table.js';
import type { Candidate } from '../../../src/nodes/placement.js';
import { toRecord, type Buckets, type Entry } from '../../../src/nodes/registry/buckets.js';
import { openAgain } from '../../../src/nodes/registry/open-again.js';
import { Residents } from '../../../src/nodes/residents.js';
import { Turns } from '../../../src/nodes/turns.js';

const folder = mkdtempSync(join(tmpdir(), 'rxvoice-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A connection to nowhere. */
const connection: NatsConnectionLike = {
  publish: () => undefined,
  subscribe: () => ({ unsubscribe: () => undefined }),
  status: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
  closed: () => new Promise(() => undefined),
  isClosed: () => false,
};

describe('options', () => {
  it.each([
    [() => natsEngine({} as NatsConnectionLike, { bot: '1' }), /^connection: must be/],
    [() => natsEngine(connection, {} as { bot: string }), /^bot: is missing/],
    [() => natsEngine(connection, { bot: 'me' }), /^bot: must be/],
    [() => natsEngine(connection, { bot: '1', prefix: 'a.b' }), /^prefix: must be/],
    [() => natsEngine(connection, { bot: '1', sources: 'all' as 'urls' }), /^sources: must be/],
    [() => voiceNode(connection, { capacity: 0 }), /^capacity: must be/],
    [() => voiceNode(connection, { lease: 10 }), /^lease: must be/],
    [() => voiceNode(connection, { rebalance: 999 }), /^rebalance: must be ms, 1 000 or more, or 0/],
    [() => voiceNode(connection, { rebalance: true as unknown as number }), /^rebalance: must be/],
    [() => voiceNode(connection, { capacty: 1 } as object), /did you mean 'capacity'/],
  ])('%s', (make, message) => {
    expect(make).toThrow(VoiceOptionsError);
    expect(make).toThrow(message);
  });

  it('a NATS that cannot be used is an error that says so', async () => {
    await expect(firstValueFrom(voiceNode(connection).state$.pipe(toArray()))).rejects.toThrow();
    await expect(firstValueFrom(natsEngine(connection, { bot: '1' }).session$(NEVER, {}, '2'))).rejects.toThrow(/buckets of NATS cannot be used/);
  });
});

it('what opens the buckets is tried again, so often and no more', async () => {
  const opened = async (failing: number): Promise<unknown> => {
    const scheduler = new VirtualTimeScheduler();
    let asked = 0;
    const open = (): Promise<number> => ((asked += 1) <= failing ? Promise.reject(new Error('timeout')) : Promise.resolve(asked));
    let result: unknown;
    openAgain(open, scheduler).subscribe({ next: (value) => (result = value), error: (error: unknown) => (result = error) });
    for (let i = 0; i < 10; i += 1) {
      await new Promise(setImmediate);
      scheduler.flush();
    }
    return [result, asked, scheduler.now()];
  };
  expect(await opened(0)).toEqual([1, 1, 0]);
  expect(await opened(3)).toEqual([4, 4, 1_500]);
  expect(await opened(4)).toEqual([new Error('timeout'), 4, 1_500]);
});

describe('an engine that is closed', () => {
  it('refuses what is asked for afterwards', async () => {
    const engine = natsEngine(connection, { bot: '1' });
    engine.close();
    await expect(firstValueFrom(engine.session$(NEVER, {}, '2'))).rejects.toThrow(/the engine is closed/);
  });

  it('watches nothing, also where that was being begun', async () => {
    let stopped = 0;
    let begin = (): void => undefined;
    const entries = { stop: () => (stopped += 1), [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const watch = (): Promise<typeof entries> => new Promise((resolve) => (begin = () => resolve(entries)));
    const table = new NodeTable({ nodes: { watch }, lease: 1_000 } as unknown as Buckets, NEVER, asyncScheduler, () => undefined);
    table.close();
    begin();
    await new Promise(setImmediate);
    expect(stopped).toBe(1);
  });
});

describe('the table of nodes', () => {
  const entry = (key: string, delta: number, draining = false): Entry => ({ key, value: toRecord({ sessions: 1, capacity: 10, draining }), revision: delta + 1, operation: 'PUT', created: new Date(0), delta });
  const tableOf = (entries: readonly Entry[], scheduler: SchedulerLike, choice: (nodes: readonly Candidate[]) => string | undefined): NodeTable => {
    const watched = { stop: () => undefined, async *[Symbol.asyncIterator]() { yield* entries; await new Promise(() => undefined); } }; // prettier-ignore
    return new NodeTable({ nodes: { watch: () => Promise.resolve(watched) }, lease: 1_000 } as unknown as Buckets, NEVER, scheduler, choice);
  };

  it('has the one that is to be it, and an error where that takes none', async () => {
    const table = tableOf([entry('a', 2), entry('b', 1), entry('ends', 0, true)], asyncScheduler, () => 'a');
    await new Promise(setImmediate);
    expect(await firstValueFrom(table.choose$('b', true))).toBe('b');
    expect(await firstValueFrom(table.choose$('gone'))).toBe('a');
    for (const id of ['gone', 'ends']) await expect(firstValueFrom(table.choose$(id, true))).rejects.toBeInstanceOf(EngineLostError);
    table.close();
  });

  it.each([
    ['by what the server says of those behind', [entry('a', 1), entry('b', 0)], 0],
    ['without it, where that never comes to none', [entry('a', 2), entry('b', 1), entry('a', 3)], 100],
  ] as const)('chooses among all that are there: %s', async (_, entries, after) => {
    const scheduler = new VirtualTimeScheduler();
    const chosen: string[] = [];
    const table = tableOf(entries, scheduler, (nodes) => nodes.map(({ id }) => id).sort().at(-1));
    table.choose$().subscribe((node) => chosen.push(`${node} at ${scheduler.now()}`));
    await new Promise(setImmediate);
    scheduler.flush();
    expect(chosen).toEqual([`b at ${after}`]);
    table.close();
  });
});

describe('turns', () => {
  it('are given on with the first value, or the end, and not to who has gone', () => {
    const turns = new Turns(1);
    const began: string[] = [];
    const sources = new Map(['a', 'b', 'c'].map((name) => [name, new Subject<number>()]));
    const take = (name: string) => turns.take(sources.get(name)!).subscribe({ next: () => began.push(`${name} has it`) });
    const [, b] = [take('a'), take('b'), take('c')];
    sources.get('b')!.next(1);
    expect(began).toEqual([]);
    b!.unsubscribe();
    sources.get('a')!.next(1);
    sources.get('c')!.next(1);
    expect(began).toEqual(['a has it', 'c has it']);
  });
});

describe('residents', () => {
  it('are told to move, so many at once, and are waited for', async () => {
    const residents = new Residents(() => undefined, asyncScheduler);
    const moved: SessionMoved[] = [];
    for (let i = 0; i < 3; i += 1) residents.house(NEVER).subscribe({ error: (error: SessionMoved) => moved.push(error) });
    expect(residents.size).toBe(3);
    const drained = residents.drain(2);
    expect(moved).toHaveLength(2);
    moved[0]!.letGo();
    moved[1]!.letGo();
    await new Promise(setImmediate);
    expect(moved).toHaveLength(3);
    moved[2]!.letGo();
    await drained;
    // Late arrivals are sent on at once.
    let late: unknown;
    residents.house(NEVER).subscribe({ error: (error: unknown) => (late = error) });
    expect(late).toBeInstanceOf(SessionMoved);
    expect(residents.size).toBe(0);
  });
});

it('sockets send nothing without the right to', async () => {
  const sent: unknown[] = [];
  let valid = true;
  const socket: VoiceSocket = { messages$: NEVER, send: (message) => sent.push(message), drop: () => sent.push('drop') };
  const udp = { datagrams$: NEVER, send: (datagram: Uint8Array) => sent.push(datagram.length), sendCopy: (datagram: Uint8Array) => sent.push(`copy of ${datagram.length}`) };
  const transports = fenced({ socket$: () => of(socket), udp$: () => of(udp) }, () => valid);
  const [ws, port] = [await firstValueFrom(transports.socket$('e', 8)), await firstValueFrom(transports.udp$({ ip: '', port: 1 }))];
  const all = (): void => {
    ws.send('text');
    port.send(new Uint8Array(3));
    if (isCopying(port)) port.sendCopy(new Uint8Array(4));
  };
  all();
  valid = false;
  all();
  ws.drop(4_000, 'closing is no sending');
  // A port of somebody else's does not get what it did not have.
  const plain: UdpPort = { datagrams$: NEVER, send: () => undefined };
  expect(isCopying(await firstValueFrom(fenced({ socket$: () => of(socket), udp$: () => of(plain) }, () => valid).udp$({ ip: '', port: 1 })))).toBe(false);
  expect(sent).toEqual(['text', 3, 'copy of 4', 'drop']);
});

describe('sources that are described', () => {
  it('are paths and http URLs, without what is code, a secret or of one machine', () => {
    expect(describeSource('https://example.org/a', { bitrate: 64_000 }, 5)).toEqual({ input: 'https://example.org/a', from: 'url', start: 5, options: { bitrate: 64_000 } });
    expect(describeSource('a.opus', {}, 0)?.from).toBe('file');
    const refused = [{ fetch }, { onDamage: () => undefined }, { filters: [] }, { scheduler: asyncScheduler }, { headers: new Headers({ a: 'x' }) as never }, { headers: { a: ['x'] } as never }, { outputGain: Symbol('apply') as never }];
    for (const options of refused) expect(describeSource('a', options, 0)).toBeUndefined();
    for (const input of [new Uint8Array(1), () => 'a', new URL('ftp://example.org/a')]) expect(describeSource(input, {}, 0)).toBeUndefined();
  });

  it('are told to nodes as far as the engine says, and never with what is of one process', () => {
    const secret = { headers: { authorization: 'x' } };
    expect(describeSource('a', { bitrate: 64_000, ...secret }, 0)).toEqual({ input: 'a', from: 'file', start: 0, options: { bitrate: 64_000 }, own: secret });
    expect(describeSource('https://example.org/a', { ffmpeg: '/bin/ffmpeg' }, 0)?.own).toEqual({ ffmpeg: '/bin/ffmpeg' });
    for (const input of [new URL('file:///a'), 'file:///a', 'FILE:///a']) expect(describeSource(input, {}, 0)).toMatchObject({ from: 'file', own: {} });
    const told = (sources: 'none' | 'urls' | 'files', ...args: Parameters<typeof describeSource>): boolean => toldToNodes(sources)(describeSource(...args)!) !== undefined;
    const table = [
      ['none', false, false],
      ['urls', true, false],
      ['files', true, true],
    ] as const;
    for (const [sources, url, file] of table) {
      expect(told(sources, 'https://example.org/a', {}, 0)).toBe(url);
      expect(told(sources, 'a', {}, 0)).toBe(file);
      expect(told(sources, 'https://example.org/a', secret, 0)).toBe(false);
      expect(told(sources, 'a', { ffmpeg: '/bin/ffmpeg' }, 0)).toBe(false);
      expect(told(sources, 'file:///a', {}, 0)).toBe(false);
    }
  });

  it('are opened in the folder, and nowhere else', () => {
    mkdirSync(join(folder, 'music'));
    writeFileSync(join(folder, 'music', 'a.opus'), '');
    writeFileSync(join(folder, 'secret'), '');
    symlinkSync(join(folder, 'secret'), join(folder, 'music', 'way-out'));
    const open = (input: string, root: string | undefined = join(folder, 'music')) => () => sourceOpener(root)({ input, from: 'file', start: 0, options: {} });
    for (const path of ['a.opus', join(folder, 'music', 'a.opus'), 'not-there.opus', '..a.opus']) expect(open(path)).not.toThrow();
    for (const path of ['../secret', '/etc/passwd', 'way-out', join(folder, 'music', '..', 'secret')]) expect(open(path)).toThrow(/not in the folder/);
    expect(() => sourceOpener(undefined)({ input: 'a.opus', from: 'file', start: 0, options: {} })).toThrow(/opens none/);
    expect(() => sourceOpener(undefined)({ input: 'file:///etc/passwd', from: 'url', start: 0, options: {} })).toThrow(/no URL that a node opens/);
  });

  it('fail with errors of their classes on the other side', () => {
    carryMediaErrors();
    const arrived = new ErrorBook().decode(structuredClone(new ErrorBook().encode(new MediaSourceError('no such file'))));
    expect(arrived).toBeInstanceOf(MediaSourceError);
    expect(arrived).not.toBeInstanceOf(EngineLostError);
  });
});

describe('what a node opens', () => {
  it('says of itself what it was asked for, and not where that lies here; and so does what was opened ahead of a move', () => {
    const asked = { input: 'song.opus', from: 'file', start: 40, options: {} } as const;
    const open = sourceOpener('/srv/music');
    expect(descriptionOf(open(asked))).toEqual(asked);
    const prepared = new PreparedSession({ what: 'prepare', endpoint: null, sources: [asked] }, () => [], { socket$: () => NEVER, udp$: () => NEVER });
    const wanted = { ...asked, start: 60, goesOn: true };
    const opened = prepared.open(wanted);
    expect(descriptionOf(opened?.frames)).toEqual(wanted);
    opened?.letGo();
    prepared.close();
  });
});
