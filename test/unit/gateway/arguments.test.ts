/** Invalid arguments: reported at the subscription, with the value, the place and the remedy, before anything is sent. */
import { isObservable, NEVER, Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { signalling$ } from '../../../src/driver.js';
import { connectVoice$, gatewayPort, VoiceOptionsError, type GatewayPort, type VoiceOptions, type VoiceTarget } from '../../../src/index.js';
import { virtualTime } from '../../support/virtual-time.js';

const IDS = { guildId: '10', channelId: '20', userId: '30' };
/** What somebody may paste in place of an id. */
const TOKEN = 'NzkyNzE1NDU0MTk2MDg4ODQy.X-hvzA.Ovy4MCQywSkoMRRclStW4xAYK7I';

const BAD_IDS: readonly [string, unknown, RegExp][] = [
  ['undefined', undefined, /must be a snowflake.*and is undefined/],
  ['null', null, /is null/],
  ['an empty text', '', /is an empty text/],
  ['a number', 792715454196088842, /is a number, which loses the last digits/],
  ['a bigint', 10n, /is a bigint: String\(id\)/],
  ['a mention of a channel', '<#200>', /is a mention: pass the digits/],
  ['a mention of a user', '<@!200>', /is a mention/],
  ['a name', 'general', /is another text/],
  ['a token', TOKEN, /is another text/],
  ['a channel object', { id: '20' }, /is an object that is none/],
];
const BAD_FLAGS: readonly [string, unknown, RegExp][] = [
  ['a text', 'true', /must be true or false.*is 'true'/],
  ['a number', 1, /and is 1/],
];
const BAD_TIMES: readonly [string, unknown, RegExp][] = [
  ['NaN', NaN, /must be ms.*and is NaN/],
  ['a negative number', -1, /is -1/],
  ['minus Infinity', -Infinity, /is -Infinity/],
  ['a text', '5s', /is '5s'/],
  ['null', null, /is null/],
];

interface Case {
  readonly name: string;
  readonly option: string;
  readonly text: RegExp;
  readonly gateway?: unknown;
  readonly ids?: unknown;
  /** For connectVoice$ only. */
  readonly options?: VoiceOptions;
  /** For signalling$ only. */
  readonly timeout?: unknown;
}

const inIds = (option: string, bad: readonly [string, unknown, RegExp][]): Case[] =>
  bad.map(([name, value, text]) => ({ name: `${option}: ${name}`, option, ids: { ...IDS, [option]: value }, text }));
const CASES: readonly Case[] = [
  ...['guildId', 'userId', 'channelId'].flatMap((option) => inIds(option, BAD_IDS)),
  ...['guildId', 'userId'].flatMap((option) => inIds(option, [['an Observable', of('10'), /is an Observable.*only channelId/]])),
  ...['selfMute', 'selfDeaf'].flatMap((option) => inIds(option, BAD_FLAGS)),
  ...BAD_TIMES.map(([name, value, text]) => ({ name: `linger: ${name}`, option: 'linger', options: { linger: value as number }, text })),
  ...BAD_TIMES.map(([name, value, text]) => ({ name: `timeout: ${name}`, option: 'timeout', timeout: value, text })),
  { name: 'ids: undefined', option: 'ids', ids: undefined, text: /must be \{ guildId, channelId, userId \}, and is undefined/ },
  { name: 'ids: a text', option: 'ids', ids: '10', text: /is '10'/ },
  { name: 'gateway$: undefined', option: 'gateway$', gateway: undefined, text: /is undefined.*gatewayPort\(events\$, send\)/ },
  { name: 'gateway$: a client', option: 'gateway$', gateway: { ws: {} }, text: /has no subscribe.*fromDiscordJs\(client\)/ },
  { name: 'gateway$: no way to send', option: 'gateway$', gateway: NEVER, text: /has no next: make one/ },
];

/** A port that records what is sent, and whether it was subscribed to. */
function port(): { readonly gateway: GatewayPort; readonly sent: unknown[]; readonly subscribed: () => boolean } {
  const sent: unknown[] = [];
  let subscribed = false;
  const events$ = new Observable<never>(() => void (subscribed = true));
  return { gateway: gatewayPort(events$, (command) => sent.push(command.d.channel_id)), sent, subscribed: () => subscribed };
}

function errorOf(made: () => Observable<unknown>): unknown {
  let error: unknown;
  const made$ = made();
  expect(isObservable(made$)).toBe(true);
  made$.subscribe({ error: (thrown: unknown) => (error = thrown) });
  return error;
}

const CALLS: readonly [string, (gateway: unknown, each: Case) => Observable<unknown>][] = [
  ['connectVoice$', (gateway, each) => connectVoice$(gateway as GatewayPort, ('ids' in each ? each.ids : IDS) as VoiceTarget, each.options)],
  ['signalling$', (gateway, each) => signalling$(gateway as GatewayPort, ('ids' in each ? each.ids : IDS) as VoiceTarget, 'timeout' in each ? { timeout: each.timeout as number } : {})],
]; // prettier-ignore

describe.each(CALLS)('%s', (name, call) => {
  it.each(CASES.filter((each) => !(name === 'connectVoice$' ? 'timeout' in each : 'options' in each)))('$name', (each) => {
    const { gateway, sent, subscribed } = port();
    const error = errorOf(() => call('gateway' in each ? each.gateway : gateway, each));
    expect(error).toBeInstanceOf(VoiceOptionsError);
    expect(error).toMatchObject({ code: 'options', retryable: false, option: each.option, reason: expect.stringMatching(each.text) });
    expect(String(error)).not.toContain(TOKEN);
    expect([sent, subscribed()]).toEqual([[], false]);
  });

  it.each(['channelId', 'selfMute', 'selfDeaf'])('looks at each value of a %s that is an Observable, and leaves', (option) => {
    virtualTime(({ flush }) => {
      const { gateway, sent } = port();
      const values$ = new Subject<unknown>();
      let error: unknown;
      call(gateway, { name, option, text: /./, ids: { ...IDS, [option]: values$ } }).subscribe({ error: (thrown: unknown) => (error = thrown) });
      values$.next(option === 'channelId' ? '21' : true);
      expect([sent.length, error]).toEqual([1, undefined]);
      values$.next(undefined);
      expect(error).toMatchObject({ code: 'options', option });
      expect(sent.at(-1)).toBe(null);
      expect(values$.observed).toBe(false);
      flush();
    });
  });

  it('takes what is good, an Observable of another copy of rxjs among it', () => {
    virtualTime(({ flush }) => {
      const foreign = { lift: () => undefined, subscribe: (observer: { next(id: string): void }) => (observer.next('20'), { unsubscribe: () => undefined }), pipe: () => of('20') };
      for (const ids of [IDS, { ...IDS, channelId: of('20'), selfMute: of(true), selfDeaf: undefined }, { ...IDS, channelId: foreign }]) {
        const { gateway, sent } = port();
        call(gateway, { name, option: '', text: /./, ids }).subscribe().unsubscribe();
        expect(sent).toEqual(['20', null]);
      }
      flush();
    });
  });
});

it('a timeout that no timer can wait for is as long as one can', () => {
  virtualTime(({ expectObservable }) => {
    const error: unknown = expect.objectContaining({ code: 'timeout', ms: 2_147_483_647 });
    expectObservable(signalling$(port().gateway, IDS, { timeout: Infinity })).toBe('2147483647ms #', undefined, error);
  }, { bound: 2_147_483_647 });
});
