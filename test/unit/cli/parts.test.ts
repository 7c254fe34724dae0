/** The pure parts of the command line: keys, values, texts, and where to join. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { COMMANDS } from '../../../src/cli/commands.js';
import { choosePlace } from '../../../src/cli/place/choice.js';
import { CommandFailed, Misuse } from '../../../src/cli/command.js';
import { keysOf } from '../../../src/cli/terminal/keys.js';
import { LiveBlock } from '../../../src/cli/terminal/live-block.js';
import { bytesText, columnsOf, wrap } from '../../../src/cli/terminal/text.js';
import { milliseconds, portNumber, snowflake, volumeFactor } from '../../../src/cli/values.js';

describe('keysOf', () => {
  it.each([
    [' ', ['space']],
    ['\x1b[C\x1b[D', ['right', 'left']],
    ['\x1bOA\x1bOB', ['up', 'down']],
    ['+-=nNq', ['+', '-', '=', 'n', 'n', 'q']],
    ['\x03', ['interrupt']],
    ['\x04', ['interrupt']],
    ['\x1a', ['suspend']],
    ['\x1b[1;5C', ['right']],
    ['\x1b[3~\x1b[Hn', ['n']],
    ['\x1b', []],
    ['\r\t\x7f\x00', []],
    ['é😀', ['é', '😀']],
    ['', []],
  ])('%j is %j', (text, keys) => expect(keysOf(text)).toEqual(keys));

  it('takes whatever is typed or pasted, and gives no control characters on', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'\x1b\x1b[[O;1~ACz \x03\x1a\r\x00\x7fé😀\ud800'.split(''))).map((units) => units.join('')), (text) => {
        expect(keysOf(text).filter((key) => /[\x00-\x1f\x7f]/.test(key))).toEqual([]);
      }),
    );
  });
});

describe('values', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1:30', 90_000],
    ['1:02:03', 3_723_000],
    ['0:07.5', 7_500],
    ['', undefined],
    ['-1', undefined],
    ['1:60', undefined],
    ['soon', undefined],
    ['1d', undefined],
    ['1:2:3:4', undefined],
  ])('the time %j is %j ms', (text, ms) => expect(milliseconds(text)).toBe(ms));

  it.each([
    ['1', '1'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', undefined],
    ['#general', undefined],
    ['', undefined],
  ])('the id %j is %j', (text, id) => expect(snowflake(text)).toBe(id));

  it.each([
    ['100', 1],
    ['80%', 0.8],
    ['0', 0],
    ['200', 2],
    ['201', undefined],
    ['loud', undefined],
  ])('the volume %j is %j', (text, factor) => expect(volumeFactor(text)).toBe(factor));

  it.each([
    ['0', 0],
    ['65535', 65_535],
    ['65536', undefined],
    ['http', undefined],
  ])('the port %j is %j', (text, port) => expect(portNumber(text)).toBe(port));
});

describe('texts', () => {
  it('are wrapped between words, and cut where a word is too long', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('incomprehensibilities', 8)).toEqual(['incompr…']);
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (words, columns) => {
        expect(wrap(words.join(' '), columns).filter((line) => columnsOf(line) > columns)).toEqual([]);
      }),
    );
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1.0 KB'],
    [23_122, '23 KB'],
    [3_400_000, '3.4 MB'],
    [12e9, '12 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
});

describe('a live block', () => {
  /** What a terminal shows after everything was written to it. */
  function shown(written: string): string[] {
    const lines = [''];
    let row = 0;
    for (const [part] of written.matchAll(/\x1b\[(\d*)([AJ])|\r|\n|[^\x1b\r\n]+/g)) {
      const [, count, what] = /^\x1b\[(\d*)([AJ])/.exec(part) ?? [];
      if (what === 'A') row -= Number(count);
      else if (what === 'J') lines.splice(row, Infinity, '');
      else if (part === '\n') (row += 1), (lines[row] ??= '');
      else if (part !== '\r') lines[row] += part;
    }
    return lines.slice(0, -1);
  }
  function block(rows = 24): { block: LiveBlock; lines: () => string[]; written: () => number } {
    let text = '';
    let writes = 0;
    const out = { isTTY: true, rows, write: (part: string) => ((text += part), writes++) };
    return { block: new LiveBlock(out), lines: () => shown(text), written: () => writes };
  }

  it('is drawn anew in its place, while what stays scrolls by above it', () => {
    const { block: live, lines } = block();
    live.draw(['a: 1', 'b: 1']);
    live.above(['something happened']);
    live.draw(['a: 2']);
    live.above(['and more']);
    expect(lines()).toEqual(['something happened', 'and more', 'a: 2']);
  });

  it('is not written where nothing has changed', () => {
    const { block: live, written } = block();
    live.draw(['a']);
    live.draw(['a']);
    expect(written()).toBe(1);
  });

  it('never is higher than the terminal', () => {
    const { block: live, lines } = block(5);
    live.draw(Array.from({ length: 9 }, (_, i) => `line ${i}`));
    live.draw(Array.from({ length: 8 }, (_, i) => `line ${i}`));
    expect(lines()).toEqual(['line 0', 'line 1', 'line 2', '… and 5 lines more']);
  });
});

describe('docs/cli.md', () => {
  const page = readFileSync('docs/cli.md', 'utf8');
  it.each(COMMANDS.flatMap(({ name, options }) => options.flatMap(([option]) => (option === '' ? [] : [[name, option.split(' ')[0]!]]))))('rxvoice %s %s is on the page', (name, option) => {
    expect(page).toContain(`rxvoice ${name}`);
    expect(page).toContain(option);
  });
});

describe('where to join', () => {
  const TOKEN = 'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs';
  const AT = { guild: '10', channel: '20' };

  it.each([
    ['nothing is said', {}, {}, { where: 'embedded', because: 'no token' }],
    ['a token is empty', {}, { DISCORD_TOKEN: '' }, { where: 'embedded', because: 'no token' }],
    ['--embedded is said', { embedded: true }, { DISCORD_TOKEN: TOKEN }, { where: 'embedded', because: 'asked' }],
    ['a token is there', AT, { DISCORD_TOKEN: TOKEN }, { where: 'discord', url: 'wss://gateway.discord.gg', token: TOKEN, guildId: '10', channelId: '20' }],
    ['a gateway is here', { gateway: 'ws://127.0.0.1:7230' }, {}, { where: 'gateway', url: 'ws://127.0.0.1:7230', token: 'rxvoice', guildId: '100', channelId: '200' }],
    ['a gateway is elsewhere', { gateway: 'wss://example.org', ...AT }, { DISCORD_TOKEN: TOKEN }, { where: 'gateway', url: 'wss://example.org', token: TOKEN, guildId: '10', channelId: '20' }],
  ] as const)('when %s', (_, given, env, choice) => expect(choosePlace(given, env)).toEqual(choice));

  it.each([
    ['a token without a channel', { guild: '10' }, { DISCORD_TOKEN: TOKEN }, Misuse, /--guild and --channel/],
    ['a channel without a token', AT, {}, CommandFailed, /set DISCORD_TOKEN/],
    ['a gateway elsewhere without a token', { gateway: 'wss://example.org' }, {}, CommandFailed, /will want a token/],
    ['a gateway in the clear', { gateway: 'ws://example.org' }, { DISCORD_TOKEN: TOKEN }, Misuse, /wss:/],
    ['a gateway that is none', { gateway: 'example' }, {}, Misuse, /wss:/],
    ['both', { gateway: 'ws://localhost:1', embedded: true }, {}, Misuse, /either/],
    ['a name for an id', { guild: 'mine', channel: '20' }, { DISCORD_TOKEN: TOKEN }, Misuse, /--guild must be an id/],
    ['a header for a token', AT, { DISCORD_TOKEN: `Bot ${TOKEN}` }, CommandFailed, /begins with 'Bot '/],
    ['quotes around a token', AT, { DISCORD_TOKEN: `"${TOKEN}"` }, CommandFailed, /quotes/],
    ['something else for a token', AT, { DISCORD_TOKEN: 'tokén' }, CommandFailed, /no token has/],
  ] as const)('refuses %s, and shows no token', (_, given, env, kind, text) => {
    let error: unknown;
    try {
      choosePlace(given, env);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toMatch(text);
    expect(String(error)).not.toContain(TOKEN.slice(0, 8));
  });
});
