import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  clientOpcode,
  encodeClientBinary,
  encodeJsonFrame,
  encodeServerBinary,
  parseJsonFrame,
  parseServerFrame,
} from '../../../src/protocol/frames.js';
import { hex, toHex } from '../../vectors/read-vectors.js';

describe('text frames', () => {
  it('are op, d and seq', () => {
    expect(parseServerFrame('{"op":5,"d":{"speaking":1},"seq":10}')).toEqual({
      kind: 'json',
      op: 5,
      d: { speaking: 1 },
      seq: 10,
    });
  });

  it.each([
    ['{"op":9,"d":null}', null],
    ['{"op":9}', undefined],
    ['{"d":5,"op":9}', 5],
    [' {"op" : 9, "d":[1]} \n', [1]],
    ['{"op":9,"d":"x","t":"EVENT","other":{}}', 'x'],
    ['{"op":1,"op":9,"d":false}', false],
  ])('%s is op 9 without a seq', (text, d) => {
    expect(parseServerFrame(text)).toEqual({ kind: 'json', op: 9, d, seq: undefined });
  });

  it.each([0, 1, 65_534, 65_535])('take seq %d', (seq) => {
    expect(parseServerFrame(`{"op":5,"d":{},"seq":${seq}}`)).toMatchObject({ seq });
  });

  it.each(['-1', '65536', '1.5', '1e9', 'null', '"7"', 'true', '[7]', '{}'])('pass over a seq of %s', (seq) => {
    expect(parseServerFrame(`{"op":5,"d":1,"seq":${seq}}`)).toEqual({ kind: 'json', op: 5, d: 1, seq: undefined });
  });

  it.each([
    '', ' ', '{', '}', '{}', '[]', '[{"op":1}]', 'null', 'true', '1', '"op"', 'undefined', '{"op":1', '{"op":1}}', '{"op":1,}', "{'op':1}",
    '{"d":{}}', '{"op":"5","d":{}}', '{"op":null}', '{"op":true}', '{"op":[5]}', '{"op":{}}', '{"op":-1}', '{"op":1.5}', '{"op":1e999}',
    '{"op":NaN}', '{"OP":1}', '\ufeff{"op":1}', '{"op":1}\0', '{"__proto__":{"op":5,"d":1}}', '{"constructor":{"op":5}}',
  ])('refuse %j', (text) => {
    expect(parseServerFrame(text)).toBeUndefined();
  }); // prettier-ignore

  it('leave the prototypes alone, whatever a key is called', () => {
    const text = '{"op":5,"__proto__":{"polluted":1},"d":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
    expect(parseServerFrame(text)).toMatchObject({ op: 5 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('may be nested as deep as anybody likes', () => {
    const deep = 100_000;
    expect(parseServerFrame('['.repeat(deep))).toBeUndefined();
    expect(parseServerFrame('{"op":'.repeat(deep))).toBeUndefined();
    expect(parseServerFrame(`{"op":5,"d":${'['.repeat(deep)}${']'.repeat(deep)}}`)).toMatchObject({ op: 5 });
  });

  it('come back as they were encoded', () => {
    const seq = fc.option(fc.nat(65_535), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(255), fc.jsonValue(), seq, (op, d, seq) => {
        const frame = parseJsonFrame(encodeJsonFrame(op, d, seq));
        // JSON has no -0.
        expect(frame).toEqual({ kind: 'json', op, d: JSON.parse(JSON.stringify(d)) as unknown, seq });
      }),
    );
  });

  it('are encoded with seq 0, and without a seq if there is none', () => {
    expect(encodeJsonFrame(5, null, 0)).toBe('{"op":5,"d":null,"seq":0}');
    expect(encodeJsonFrame(5, { a: 1 })).toBe('{"op":5,"d":{"a":1}}');
  });
});

describe('binary frames', () => {
  it.each([
    ['0000 19 4041', 25, 0, '4041'],
    ['ffff 1b', 27, 65_535, ''],
    ['0100 1e 0000', 30, 256, '0000'],
    ['0001 ff 00', 255, 1, '00'],
  ])('%s', (bytes, op, seq, body) => {
    const frame = parseServerFrame(hex(bytes));
    expect(frame).toMatchObject({ kind: 'binary', op, seq });
    expect(frame?.kind === 'binary' && toHex(frame.body)).toBe(body);
    expect(toHex(encodeServerBinary(op, hex(body), seq))).toBe(bytes.replaceAll(' ', ''));
  });

  it.each(['', '00', '0019'])('refuse "%s", which is too short', (bytes) => {
    expect(parseServerFrame(hex(bytes))).toBeUndefined();
  });

  it('are read out of a larger buffer', () => {
    const frame = parseServerFrame(hex('ffff 0007 19 0102 ffff').subarray(2, 7));
    expect(frame).toMatchObject({ op: 25, seq: 7 });
    expect(frame?.kind === 'binary' && toHex(frame.body)).toBe('0102');
  });

  it('of a client have no seq', () => {
    expect(toHex(encodeClientBinary(26, hex('0001')))).toBe('1a0001');
    expect(toHex(encodeClientBinary(28, new Uint8Array(0)))).toBe('1c');
  });
});

describe('clientOpcode', () => {
  it.each<[number | undefined, string | Uint8Array]>([
    [0, encodeJsonFrame(0, { token: 'secret' })],
    [28, encodeClientBinary(28, hex('0102'))],
    [undefined, 'no JSON'],
    [undefined, new Uint8Array()],
  ])('is %s', (op, message) => expect(clientOpcode(message)).toBe(op));
});

describe('fuzz', () => {
  it('takes 10 000 random and mutated messages without a throw', () => {
    const good = '{"op":5,"d":{"speaking":1,"ssrc":2,"user_id":"3"},"seq":10}';
    const mutated = fc
      .tuple(fc.nat(good.length), fc.nat(4), fc.string({ maxLength: 3 }))
      .map(([at, taken, put]) => good.slice(0, at) + put + good.slice(at + taken));
    const message = fc.oneof(mutated, fc.string(), fc.json(), fc.uint8Array({ maxLength: 12 }));
    let parsed = 0;
    fc.assert(
      fc.property(message, (message) => {
        const frame = parseServerFrame(message);
        if (frame === undefined) return;
        parsed++;
        expect(Number.isInteger(frame.op) && frame.op >= 0).toBe(true);
        expect(frame.seq === undefined || (frame.seq >= 0 && frame.seq <= 65_535)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    expect(parsed).toBeGreaterThan(1_000);
  });
});

describe('binary frames of a server that speaks a version before 8', () => {
  it('are op and body, without a number', () => {
    const frame = encodeClientBinary(27, Uint8Array.of(1, 2));
    for (const version of [4, 5, 6, 7] as const)
      expect(parseServerFrame(frame, version)).toEqual({ kind: 'binary', op: 27, seq: undefined, body: Uint8Array.of(1, 2) });
    expect(parseServerFrame(Uint8Array.of(27), 4)).toBeUndefined();
  });
});
