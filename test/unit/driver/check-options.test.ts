/** Every option of a connection and of a play, with every wrong kind of value: one error, which names it, before anything is sent. */
import { asyncScheduler, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { driveVoice$, defaultRecovery, nodeTransports, recoverBy, type Recovery } from '../../../src/driver.js';
import { connectVoice$, VoiceOptionsError, type PlayOptions, type VoiceOptions } from '../../../src/index.js';
import { frameClock } from '../../../src/media/send/clock.js';
import { play } from '../../../src/media/send/play.js';
import { Pump } from '../../../src/media/send/pump.js';
import { ENCRYPTION_MODES } from '../../../src/protocol/encryption-modes.js';
import { IDS, virtualTime, world } from '../../support/virtual-time.js';
import { FakeProvider } from './dave/fake-provider.js';

/** A value of each kind, and some that are easily mistaken for numbers, times or lists. */
const KINDS: readonly unknown[] = [null, true, false, 0, -1, 1.5, NaN, Infinity, -Infinity, 3n, Symbol('s'), '', '5', '5s', [], [5], { a: 1 }, () => 5];

/** What an option accepts: the right values among the kinds above or in addition to them; and wrong values of its own. */
interface Row {
  readonly right: readonly unknown[];
  readonly wrong?: readonly unknown[];
}
const ms = [0, 1.5, Infinity];
const functions = KINDS.filter((value) => typeof value === 'function');
const NONE = KINDS.find((value) => Array.isArray(value) && value.length === 0);

const OPTIONS: Readonly<Record<keyof VoiceOptions, Row>> = {
  scheduler: { right: [asyncScheduler], wrong: [{ now: () => 0 }] },
  transports: { right: [nodeTransports()], wrong: [{ socket$: () => NEVER }, nodeTransports] },
  dave: { right: [false, new FakeProvider()], wrong: [{ maxProtocolVersion: 1 }] },
  e2ee: { right: ['as-described', 'required'], wrong: ['optional'] },
  modes: { right: [[...ENCRYPTION_MODES], [ENCRYPTION_MODES[1]]], wrong: [['aead_aes256_gcm'], [undefined], [ENCRYPTION_MODES]] },
  timeouts: { right: [{}, { hello: 1 }, { hello: Infinity }, { hello: undefined }], wrong: [{ helo: 1 }, { hello: 0 }] },
  recovery: { right: [...functions, defaultRecovery], wrong: [{ kicked: { action: 'rejoin' } }] },
  stableAfter: { right: ms },
  linger: { right: ms },
  interceptors: { right: [NONE, functions], wrong: [functions[0], [undefined]] },
  random: { right: functions, wrong: [new Uint8Array(4)] },
  whereami: { right: functions, wrong: [{ channel_id: '1' }] },
  whereamiEvery: { right: [1.5, Infinity] },
  discovery: { right: ['required', 'optional'], wrong: ['Optional'] },
  senderReports: { right: [true, false] },
  log: { right: functions, wrong: [console] },
  gatewayVersion: { right: [4, 5, 6, 7, 8, 9], wrong: [3, 10, 'v8'] },
};

const PLAY: Readonly<Record<keyof PlayOptions, Row>> = {
  speaking: { right: [0, 1, 5, 7], wrong: [8] },
  prefetch: { right: [1, 10] },
  buffer: { right: [{}, { frames: 5 }, { overflow: 'drop-oldest' }, { bytes: 1 }], wrong: [{ frames: 0 }, { bytes: 0 }, { overflow: 'drop' }, { size: 5 }, 3_000] },
  whenSuspended: { right: ['hold', 'skip'], wrong: ['Hold', 'pause'] },
  whenBehind: { right: ['overflow', 'wait'], wrong: ['drop-oldest'] },
  onEnd: { right: functions, wrong: [{ next: () => undefined }] },
};

function same(a: unknown, b: unknown): boolean {
  return Object.is(a, b);
}

/** Each option with each value, and whether the value is right. */
function sweep(rows: Readonly<Record<string, Row>>): [string, unknown, boolean][] {
  return Object.entries(rows).flatMap(([option, { right, wrong = [] }]) =>
    [...new Set([...KINDS, ...right, ...wrong])].map((value): [string, unknown, boolean] => [option, value, right.some((one) => same(one, value))]),
  );
}

/** The immediate error of connecting with these options, and what was sent before it. */
function connecting(options: unknown): { errors: unknown[]; sent: number } {
  const errors: unknown[] = [];
  let sent = 0;
  virtualTime(() => {
    const { voice } = world();
    voice.commands$.subscribe(() => (sent += 1));
    const note = { error: (error: unknown) => errors.push(error) };
    connectVoice$(voice.gateway, IDS, options as VoiceOptions).subscribe(note).unsubscribe();
    driveVoice$(NEVER, options as VoiceOptions).subscribe(note).unsubscribe();
  });
  return { errors, sent };
}

describe('the options of a connection', () => {
  it.each(sweep(OPTIONS))('%s: %o', (option, value, right) => {
    const { errors, sent } = connecting({ [option]: value });
    if (right) {
      expect(errors).toEqual([]);
      return;
    }
    expect(sent).toBe(0);
    expect(errors).toHaveLength(2);
    for (const error of errors) {
      expect(error).toBeInstanceOf(VoiceOptionsError);
      expect((error as VoiceOptionsError).option.split(/[.[]/)[0]).toBe(option);
      expect((error as VoiceOptionsError).reason).toMatch(/must be|no such option/);
    }
  });

  it.each([
    ['timeout', 'timeouts'],
    ['recoverBy', 'recovery'],
    ['logger', 'log'],
    ['volume', undefined],
    ['mode', 'modes'],
    ['gateway_version', 'gatewayVersion'],
  ])('there is no %s', (option, meant) => {
    const { errors, sent } = connecting({ [option]: 1 });
    expect(sent).toBe(0);
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'options', option });
      expect((error as Error).message).toMatch(meant === undefined ? /there are scheduler, / : `did you mean '${meant}'?`);
    }
    expect(errors).toHaveLength(2);
  });
});

describe('the options of a play', () => {
  it.each(sweep({ ...PLAY, speeking: { right: [] } }))('%s: %o', (option, value, right) => {
    const errors: unknown[] = [];
    const pump = new Pump(frameClock(asyncScheduler));
    const subscription = play(pump, NEVER, { [option]: value }).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(pump.playing).toBe(right);
    subscription.unsubscribe();
    if (!right) expect((errors[0] as VoiceOptionsError).option.split('.')[0]).toBe(option);
    expect(errors.map((error) => error instanceof VoiceOptionsError)).toEqual(right ? [] : [true]);
  });
});

describe('recoverBy', () => {
  it.each<[string, object, object?]>([
    ['kickd', { kickd: { action: 'rejoin' } }],
    ['kicked', { kicked: 'rejoin' }],
    ['kicked', { kicked: null }],
    ['kicked.action', { kicked: { action: 'retry' } }],
    ['kicked.tries', { kicked: { action: 'rejoin', tries: 0 } }],
    ['kicked.delay', { kicked: { action: 'rejoin', delay: 5 } }],
    ['moved.reason', { moved: { action: 'end' } }],
    ['moved.reason', { moved: { action: 'end', reason: 'moved' } }],
    ['udp.then.action', { udp: { action: 'wait', then: { action: 'leave' } } }],
    ['udp.ms', { udp: { action: 'wait', ms: '5s' } }],
    ['closed', { closed: { action: 'rejoin' } }],
    ['closed.40006', { closed: { 40006: { action: 'rejoin' } } }],
    ['closed.4006.action', { closed: { 4006: { action: 'rejoyn' } } }],
    ['closedOther.above5000', { closedOther: { above5000: { action: 'fail' } } }],
    ['tries', {}, { tries: -1 }],
    ['firstDelay', {}, { firstDelay: NaN }],
    ['maxdelay', {}, { maxdelay: 5 }],
  ])('refuses a wrong %s', (option, changes, budget) => {
    const refused = expect(() => recoverBy(changes, budget));
    refused.toThrow(VoiceOptionsError);
    refused.toThrow(new RegExp(`^recoverBy\\.${option}`));
  });

  it('says what was meant', () => {
    expect(() => recoverBy({ kickd: { action: 'end' } } as object)).toThrow("recoverBy.kickd: there is no such option; did you mean 'kicked'?");
  });
});

describe('what a recovery returns', () => {
  const refuse = (recovery: unknown): unknown[] => {
    const errors: unknown[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const session$ = connectVoice$(voice.gateway, IDS, { ...options, recovery: () => recovery as Recovery });
      session$.subscribe({ next: () => voice.close(4006), error: (error: unknown) => errors.push(error) });
      flush();
    });
    return errors;
  };

  it.each<[unknown, RegExp]>([
    [undefined, /^recovery: returned undefined for a fault of type 'closed'\. It must return.*defaultRecovery/],
    [null, /^recovery: returned null/],
    ['rejoin', /^recovery\(\): must be an object, and is 'rejoin'/],
    [{}, /^recovery\(\)\.action: must be one of resume, .*undefined/],
    [{ action: 'rejion', delay: 1 }, /^recovery\(\)\.action: .*did you mean 'rejoin'\?/],
    [{ action: 'rejoin' }, /^recovery\(\)\.delay: is missing/],
    [{ action: 'rejoin', delay: NaN }, /^recovery\(\)\.delay: must be ms, 0 or more, and is NaN/],
    [{ action: 'wait', delay: 1, then: 'fail' }, /^recovery\(\)\.then: must be an object/],
    [{ action: 'end', reason: 'bored' }, /^recovery\(\)\.reason: must be one of left, kicked, call-ended, gateway-closed/],
    [Promise.resolve({ action: 'fail' }), /^recovery\(\)\.action: /],
  ])('%o is a typed error', (recovery, text) => {
    const errors = refuse(recovery);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: 'options', retryable: false });
    expect((errors[0] as Error).message).toMatch(text);
  });
});

describe('what random returns', () => {
  it.each([[new Uint8Array(0)], [[1, 2]], [undefined]])('%o is a typed error', (bytes) => {
    const errors: unknown[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      connectVoice$(voice.gateway, IDS, { ...options, random: () => bytes as Uint8Array }).subscribe({ error: (error: unknown) => errors.push(error) });
      flush();
    });
    expect(errors).toMatchObject([{ code: 'options', option: 'random' }]);
  });
});
