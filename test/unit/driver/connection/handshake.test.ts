import { describe, expect, it } from 'vitest';
import type { Observable } from 'rxjs';
import { hello$, identify$, resume$, sessionDescription$ } from '../../../../src/driver/connection/handshake.js';
import { fakeControl, ignored, SERVER, type FakeControl } from '../fake-socket.js';

const READY = { ssrc: 5, ip: '192.0.2.1', port: 50_000, modes: ['aead_aes256_gcm_rtpsize', 7] };
const KEY = Array.from({ length: 32 }, (_, i) => i);
const ADDRESS = { address: '203.0.113.7', port: 50_004 };
const MODE = 'aead_aes256_gcm_rtpsize';

/** Subscribes and records the notifications. */
function watch(stage$: Observable<unknown>) {
  const told: unknown[] = [];
  const subscription = stage$.subscribe({
    next: (value) => told.push(value),
    error: (error: unknown) => told.push(['error', error]),
    complete: () => told.push('complete'),
  });
  return { told, subscription };
}

interface Stage {
  readonly name: string;
  readonly open: (fake: FakeControl) => Observable<unknown>;
  readonly op: number;
  readonly good: unknown;
  readonly value: unknown;
  readonly bad: readonly unknown[];
}

const STAGES: readonly Stage[] = [
  {
    name: 'hello$',
    open: ({ control }) => hello$(control),
    op: 8,
    good: { heartbeat_interval: 13_750.5, v: 8 },
    value: { heartbeatInterval: 13_750.5, version: 8 },
    bad: [null, {}, { heartbeat_interval: 0 }, { heartbeat_interval: -1 }, { heartbeat_interval: '5' }, { heartbeat_interval: 2 ** 31 }],
  },
  {
    name: 'identify$',
    open: ({ control }) => identify$(control, SERVER, 1),
    op: 2,
    good: READY,
    value: { ...READY, modes: [MODE] },
    bad: [null, {}, { ...READY, ssrc: -1 }, { ...READY, ssrc: 2 ** 32 }, { ...READY, ip: 'host' }, { ...READY, port: 0 }, { ...READY, modes: MODE }],
  },
  {
    name: 'sessionDescription$',
    open: ({ control }) => sessionDescription$(control, ADDRESS, MODE),
    op: 4,
    good: { mode: MODE, secret_key: KEY, dave_protocol_version: 1 },
    value: { mode: MODE, secretKey: Uint8Array.from(KEY), daveVersion: 1 },
    bad: [null, { mode: MODE }, { mode: MODE, secret_key: KEY.slice(1) }, { mode: MODE, secret_key: [...KEY.slice(1), 256] }, { mode: 1, secret_key: KEY }],
  },
  {
    name: 'resume$',
    open: ({ control }) => resume$(control, SERVER),
    op: 9,
    good: null,
    value: {},
    bad: [],
  },
];

describe.each(STAGES)('$name', ({ open, op, good, value, bad }) => {
  it('emits what the first good answer says, and completes', () => {
    const fake = fakeControl();
    const { told } = watch(open(fake));
    expect(told).toEqual([]);
    fake.say(op, good);
    fake.say(op, good);
    expect(told).toEqual([value, 'complete']);
    expect(fake.control.frames$.observed).toBe(false);
  });

  it('logs and leaves out malformed answers, and frames of other opcodes', () => {
    const fake = fakeControl();
    const { told } = watch(open(fake));
    for (const d of bad) fake.say(op, d);
    fake.say(200, good);
    expect(told).toEqual([]);
    expect(ignored(fake.logged)).toHaveLength(bad.length);
    expect(JSON.stringify(fake.logged)).not.toContain(SERVER.token);
    fake.say(op, good);
    expect(told).toEqual([value, 'complete']);
  });

  it('stops listening when it is unsubscribed while waiting', () => {
    const fake = fakeControl();
    const { told, subscription } = watch(open(fake));
    subscription.unsubscribe();
    fake.say(op, good);
    expect([told, fake.control.frames$.observed]).toEqual([[], false]);
  });

  it('is cold: each subscription asks and is answered anew', () => {
    const fake = fakeControl();
    const stage$ = open(fake);
    expect(fake.socket.sent).toEqual([]);
    const [first, second] = [watch(stage$), watch(stage$)];
    fake.say(op, good);
    expect([first.told, second.told]).toEqual([[value, 'complete'], [value, 'complete']]);
    expect(new Set(fake.socket.sent.map((message) => JSON.stringify(message))).size).toBeLessThanOrEqual(1);
  });
});

describe('what the stages send', () => {
  it('is nothing for Hello', () => {
    const fake = fakeControl();
    watch(hello$(fake.control));
    expect(fake.socket.sent).toEqual([]);
  });

  it('is Identify, Select Protocol and Resume', () => {
    const fake = fakeControl({ seq: 0 });
    watch(identify$(fake.control, SERVER, 1));
    watch(sessionDescription$(fake.control, ADDRESS, MODE));
    watch(resume$(fake.control, SERVER));
    expect(fake.socket.sent).toEqual([
      { op: 0, d: { server_id: '10', user_id: '30', session_id: 'session', token: 'secret-token', max_dave_protocol_version: 1 } },
      { op: 1, d: { protocol: 'udp', data: { ...ADDRESS, mode: MODE } } },
      { op: 7, d: { server_id: '10', session_id: 'session', token: 'secret-token', seq_ack: 0 } },
    ]);
  });

  it('is a Resume without seq_ack before version 8, and with -1 where nothing was seen', () => {
    const old = fakeControl({ version: 7, seq: 4 });
    watch(resume$(old.control, SERVER));
    expect(old.socket.sent[0]).not.toHaveProperty('d.seq_ack');
    const fresh = fakeControl();
    watch(resume$(fresh.control, SERVER));
    expect(fresh.socket.sent[0]).toHaveProperty('d.seq_ack', -1);
  });
});

describe('the version in Hello', () => {
  it.each([
    [8, 8, 8],
    [8, 4, 4],
    [8, undefined, 8],
    [8, 9, 8],
    [8, 3, 8],
    [6, 8, 6],
    [6, 5, 5],
  ] as const)('asked for %i, told %s: speaks %i', (asked, told, spoken) => {
    const fake = fakeControl({ version: asked });
    watch(hello$(fake.control));
    fake.say(8, { heartbeat_interval: 5_000, v: told });
    expect(fake.control.version).toBe(spoken);
  });
});
