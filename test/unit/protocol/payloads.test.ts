import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  field,
  isSnowflake,
  readClientDisconnect,
  readClientsConnect,
  readHeartbeatAck,
  readHello,
  readReady,
  readSessionDescription,
  readSpeaking,
  readVideo,
} from '../../../src/protocol/payloads.js';

const KEY = Array.from({ length: 32 }, (_, i) => 8 * i);

/** A payload of the docs, the value it is read as, and for each field the values that make it invalid. */
interface Case {
  readonly name: string;
  readonly read: (d: unknown) => unknown;
  readonly good: Readonly<Record<string, unknown>>;
  readonly value: unknown;
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
}

const NO_SSRC = [undefined, null, '1', -1, 1.5, NaN, 2 ** 32, true, [1], {}];
const NO_SNOWFLAKE = [undefined, null, 1, '', 'abc', '-1', '1.5', ' 1', '1\n', '1'.repeat(21), ['1'], {}];

const CASES: readonly Case[] = [
  {
    name: 'readHello',
    read: readHello,
    good: { heartbeat_interval: 13_750.25, v: 8 },
    value: { heartbeatInterval: 13_750.25, version: 8 },
    // 2^31 ms or more would be a timer that fires immediately.
    wrong: { heartbeat_interval: [undefined, null, '41250', 0, -0, -1, NaN, Infinity, 2 ** 31, 1e300, true, [41_250], {}] },
  },
  {
    name: 'readReady',
    read: readReady,
    good: { ssrc: 0, ip: '203.0.113.7', port: 65_535, modes: ['aead_aes256_gcm_rtpsize', 'new_mode'] },
    value: { ssrc: 0, ip: '203.0.113.7', port: 65_535, modes: ['aead_aes256_gcm_rtpsize', 'new_mode'] },
    wrong: {
      ssrc: NO_SSRC,
      ip: [undefined, null, 1, '', 'voice.example', '1.2.3', '1.2.3.4 ', 'fe80::1%eth0', ['1.2.3.4']],
      port: [undefined, null, '443', 0, -1, 1.5, 65_536, NaN, [443]],
      modes: [undefined, null, 'aead_aes256_gcm_rtpsize', 0, {}, { length: 1 }],
    },
  },
  {
    name: 'readSessionDescription',
    read: readSessionDescription,
    good: { mode: 'aead_aes256_gcm_rtpsize', secret_key: KEY, dave_protocol_version: 1 },
    value: { mode: 'aead_aes256_gcm_rtpsize', secretKey: Uint8Array.from(KEY), daveVersion: 1 },
    wrong: {
      mode: [undefined, null, 1, ['aead_aes256_gcm_rtpsize'], {}],
      secret_key: [
        undefined, null, 'secret', {}, [], KEY.slice(1), [...KEY, 0], KEY.map(String), [...KEY.slice(1), 256], [...KEY.slice(1), -1],
        [...KEY.slice(1), 0.5], [...KEY.slice(1), null], { ...KEY, length: 32 },
      ], // prettier-ignore
      dave_protocol_version: ['1', -1, 0.5, 65_536, true, [1], {}],
    },
  },
  {
    name: 'readSpeaking',
    read: readSpeaking,
    good: { user_id: '104694319306248192', ssrc: 0xffffffff, speaking: 5 },
    value: { userId: '104694319306248192', ssrc: 0xffffffff, speaking: 5 },
    wrong: { user_id: NO_SNOWFLAKE, ssrc: NO_SSRC },
  },
  {
    name: 'readVideo',
    read: readVideo,
    good: { user_id: '1', audio_ssrc: 2 },
    value: { userId: '1', ssrc: 2, speaking: undefined },
    wrong: { user_id: NO_SNOWFLAKE, audio_ssrc: NO_SSRC },
  },
  {
    name: 'readClientsConnect',
    read: readClientsConnect,
    good: { user_ids: ['1', '18446744073709551615'] },
    value: ['1', '18446744073709551615'],
    wrong: { user_ids: [undefined, null, '1', 1, {}, { length: 0 }] },
  },
  {
    name: 'readClientDisconnect',
    read: readClientDisconnect,
    good: { user_id: '1' },
    value: { userId: '1' },
    wrong: { user_id: NO_SNOWFLAKE },
  },
];

describe.each(CASES)('$name', ({ read, good, value, wrong }) => {
  it('reads the payload of the docs', () => expect(read(good)).toEqual(value));

  it('passes over fields it does not know', () => {
    expect(read({ ...good, experiments: ['x'], heartbeat: { a: [null] }, 'a b': 1 })).toEqual(value);
  });

  it.each(Object.entries(wrong))('says so when %s is wrong', (name, values) => {
    for (const bad of values) {
      const text = read({ ...good, [name]: bad });
      expect(text, JSON.stringify(bad)).toEqual(expect.stringMatching(new RegExp(`^${name} is not `)));
    }
  });

  it('says so when there is no object', () => {
    for (const d of [undefined, null, 0, '', 'text', true, [], [good], Symbol('d'), 1n]) {
      expect(read(d), String(d)).toEqual(expect.stringMatching(/ is not /));
    }
  });
});

describe('fields that nobody here knows', () => {
  it.each([
    ['Hello', readHello, { heartbeat_interval: 5_000, v: 9 }, { unknown: {} }],
    ['Ready', readReady, { ssrc: 1, ip: '127.0.0.1', port: 5, modes: [] }, { experiments: ['bwe_conservative_link_estimate', 7], streams: [{}] }],
    ['Session Description', readSessionDescription, { mode: 'm', secret_key: [...KEY] }, { bandwidth_estimation_experiment: 1, media_session_id: null, audio_codec: 5 }],
    ['Speaking', readSpeaking, { user_id: '1', ssrc: 2, speaking: 1 }, { delay: 'x' }],
  ] as const)('change nothing in %s', (_, read, good, more) => {
    expect(read({ ...good, ...more })).toEqual(read(good));
    expect(typeof read(good)).toBe('object');
  });
});

describe('readHello', () => {
  it('does without a version', () => {
    expect(readHello({ heartbeat_interval: 41_250 })).toEqual({ heartbeatInterval: 41_250, version: undefined });
    expect(readHello({ heartbeat_interval: 41_250, v: '8' })).toEqual({ heartbeatInterval: 41_250, version: undefined });
  });

  it('takes the longest time a timer can wait', () => {
    expect(readHello({ heartbeat_interval: 2 ** 31 - 1 })).toMatchObject({ heartbeatInterval: 2 ** 31 - 1 });
  });
});

describe('readReady', () => {
  it('drops modes that are no texts', () => {
    expect(readReady({ ssrc: 1, ip: '::1', port: 1, modes: [1, null, 'a', ['b'], {}] })).toMatchObject({ modes: ['a'] });
  });
});

describe('readSessionDescription', () => {
  it('takes a missing or null DAVE version for 0', () => {
    const plain = { mode: 'aead_aes256_gcm_rtpsize', secret_key: KEY };
    expect(readSessionDescription(plain)).toMatchObject({ daveVersion: 0 });
    expect(readSessionDescription({ ...plain, dave_protocol_version: null })).toMatchObject({ daveVersion: 0 });
  });

  it('tells no byte of a key that it refuses', () => {
    const secret_key = [...Array.from({ length: 31 }, () => 173), 2_173];
    const text = readSessionDescription({ mode: 'aead_aes256_gcm_rtpsize', secret_key });
    expect(text).toBe('secret_key is not a list of 32 bytes');
  });
});

describe('readSpeaking', () => {
  it.each([
    [true, 1],
    [false, 0],
    [0, 0],
    [255, 255],
    [256, undefined],
    [-1, undefined],
    [1.5, undefined],
    ['1', undefined],
    [null, undefined],
  ])('takes speaking %j for %j', (speaking, flags) => {
    expect(readSpeaking({ user_id: '1', ssrc: 2, speaking })).toEqual({ userId: '1', ssrc: 2, speaking: flags });
  });
});

describe('readClientsConnect', () => {
  it('drops what is no snowflake', () => {
    expect(readClientsConnect({ user_ids: ['1', 2, null, 'x', '', '3'] })).toEqual(['1', '3']);
    expect(readClientsConnect({ user_ids: [] })).toEqual([]);
  });
});

describe('readHeartbeatAck', () => {
  it.each([
    [{ t: 1_501_184_119_561 }, 1_501_184_119_561],
    [{ t: 0 }, 0],
    [1_501_184_119_561, 1_501_184_119_561],
    [{ t: '1501184119561' }, 1_501_184_119_561],
    ['5', 5],
    [undefined, undefined],
    [null, undefined],
    [{}, undefined],
    [{ t: null }, undefined],
    [{ t: '' }, undefined],
    [{ t: 'x' }, undefined],
    [{ t: ' 5' }, undefined],
    [{ t: '1e3' }, undefined],
    [{ t: NaN }, undefined],
    [Infinity, undefined],
    [[], undefined],
    [true, undefined],
  ])('reads %j as %j', (d, t) => {
    expect(readHeartbeatAck(d)).toBe(t);
  });
});

describe('field and isSnowflake', () => {
  it('have a value for everything', () => {
    expect(field({ a: 1 }, 'a')).toBe(1);
    expect(field({}, 'a')).toBeUndefined();
    expect(field('text', 'length')).toBeUndefined();
    expect(isSnowflake('0')).toBe(true);
    expect(isSnowflake('18446744073709551615')).toBe(true);
    for (const value of NO_SNOWFLAKE) expect(isSnowflake(value), String(value)).toBe(false);
  });
});

describe('fuzz', () => {
  const readers = CASES.map(({ read, good }) => ({ read, names: Object.keys(good) }));

  it('never throws, and gives a text or a value', () => {
    const something = fc.oneof(fc.anything({ withNullPrototype: true, withSparseArray: true }), fc.jsonValue());
    fc.assert(
      fc.property(something, (d) => {
        const ack = readHeartbeatAck(d);
        expect([readers.filter(({ read }) => read(d) === undefined), ack === undefined || Number.isFinite(ack)]).toEqual([[], true]);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(readers)('never throws on its own fields with anything in them: $names', ({ read, names }) => {
    const fields = fc.record(Object.fromEntries(names.map((name) => [name, fc.anything()])), { requiredKeys: [] });
    fc.assert(
      fc.property(fields, (d) => {
        expect(read(d)).not.toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });
});
