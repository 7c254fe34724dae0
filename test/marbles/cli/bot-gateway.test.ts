/** The command line's own connection to the main gateway, in virtual time. */
import { describe, expect, it } from 'vitest';
import { CommandFailed } from '../../../src/cli/command.js';
import { botGateway$, type BotGateway } from '../../../src/cli/discord/gateway.js';
import { scriptedGateway } from '../../support/scripted-gateway.js';
import { virtualTime } from '../../support/virtual-time.js';

interface Story {
  readonly lines: readonly string[];
  readonly bots: readonly BotGateway[];
  readonly error: unknown;
}

/** Runs until `until` ms, then unsubscribes. The first heartbeat waits half an interval; a delay is its minimum plus half of the jitter. */
function story(connections: readonly string[], { codes = [], until = 5_000 }: { readonly codes?: readonly number[]; readonly until?: number } = {}): Story {
  const bots: BotGateway[] = [];
  let lines: string[] = [];
  let error: unknown;
  virtualTime((helpers) => {
    const server = scriptedGateway(helpers, connections, codes);
    lines = server.lines;
    const onLost = ({ retryIn }: { readonly retryIn: number }): void => server.note(`lost, again in ${retryIn}`);
    const bot = botGateway$({ token: 'secret', socket$: server.socket$, random: () => 0.5, onLost }).subscribe({
      next: (found) => {
        bots.push(found);
        server.note(`bot ${found.userId}`);
        found.port.subscribe(({ t }) => server.note(`event ${t ?? ''}`));
      },
      error: (thrown) => (error = thrown),
    });
    helpers.cold(`${until}ms x`).subscribe(() => bot.unsubscribe());
  });
  return { lines, bots, error };
}

const shortened = ({ lines }: Story): string[] => lines.map((line) => line.replace(/\{"op":2.*/, 'identify').replace(/\{"op":6.*/, 'resume').replace(/\{"op":1,"d":(\w+)\}/, 'beat $1'));

describe('the main gateway', () => {
  // in   -H-R------a---
  // out   -I---h-----h-
  it('identifies after Hello, and is a bot at READY', () => {
    expect(shortened(story(['-H-R 500ms a 1s a'], { until: 2_000 }))).toEqual([
      '0 open gateway.discord.gg',
      '1 > identify',
      '3 bot 7',
      '501 > beat 1',
      '1501 > beat 1',
      '2000 close',
    ]);
  });

  it('asks for the two intents of voice, and gives the token to nobody but Discord', () => {
    const { lines, bots } = story(['-H-R']);
    const identify = JSON.parse(lines.find((line) => line.includes('"op":2'))!.slice(4)) as { d: { token: string; intents: number } };
    expect(identify.d).toMatchObject({ token: 'secret', intents: 129 });
    expect(bots[0]!.guildIds).toEqual(['100']);
    expect(lines.filter((line) => line.includes('secret'))).toHaveLength(1);
  });

  it('says op 4 on the connection that there is, and throws where there is none', () => {
    const { bots } = story(['-H-R']);
    expect(() => bots[0]!.port.next({ op: 4, d: { guild_id: '1', channel_id: '2', self_mute: false, self_deaf: false } })).toThrow('lost just now');
  });

  // in   -HR--e--#   1.5 s   -H----r
  // out   -I--------          -resume
  it('resumes a connection that is lost, where READY said, with the number of the last event', () => {
    const told = story(['-HR 5ms e 5ms #', '-H-r 700ms a'], { until: 2_200 });
    expect(shortened(told)).toEqual([
      '0 open gateway.discord.gg',
      '1 > identify',
      '2 bot 7',
      '8 event VOICE_STATE_UPDATE',
      '14 lost, again in 1500',
      '14 close',
      '1514 open resume.example',
      '1515 > resume',
      '1517 event RESUMED',
      '2015 > beat 3',
      '2200 close',
    ]);
    expect(told.lines.find((line) => line.includes('"op":6'))).toContain('{"op":6,"d":{"token":"secret","session_id":"session","seq":2}}');
  });

  it('gives up a connection on which a heartbeat is not acknowledged', () => {
    const lines = shortened(story(['-HR'], { until: 1_600 }));
    expect(lines.slice(3)).toEqual(['501 > beat 1', '1501 drop', '1501 lost, again in 1500', '1501 close']);
  });

  it('beats at once when it is asked to', () => {
    expect(shortened(story(['-HR 100ms q 400ms a'], { until: 600 }))).toContain('103 > beat 1');
  });

  it.each([
    ['d', 'op 7', 'resume'],
    ['v', 'a session that may be resumed', 'resume'],
    ['i', 'a session that is gone', 'identify'],
  ])('after %s (%s) comes back to %s', (letter, _, what) => {
    const lines = shortened(story([`-HR 10ms ${letter}`, '-H'], { until: 1_600 }));
    expect(lines).toContain('13 drop');
    expect(lines.filter((line) => line.includes('> ')).at(-1)).toBe(`1514 > ${what}`);
  });

  it.each([
    [4007, 'identify'],
    [4009, 'identify'],
    [4000, 'resume'],
    [1006, 'resume'],
    [4999, 'resume'],
  ])('after close code %i comes back to %s', (code, what) => {
    const lines = shortened(story(['-HR#', '-H'], { codes: [code], until: 1_600 }));
    expect(lines.at(-2)).toBe(`1504 > ${what}`);
  });

  it.each([
    [4004, /4004: the token is not that of a bot.*DISCORD_TOKEN/],
    [4014, /4014: the bot may not have these intents.*Developer Portal/],
    [4013, /4013/],
    [4011, /4011.*bot of your own/],
    [4012, /4012.*update/],
  ])('close code %i ends it, with the cure and without the token', (code, text) => {
    const { error } = story(['-H#'], { codes: [code] });
    expect(error).toBeInstanceOf(CommandFailed);
    expect(String(error)).toMatch(text);
    expect(String(error)).not.toContain('secret');
  });

  it('that cannot be reached is given up after five tries; later there is no end to them', () => {
    const never = story([], { until: 120_000 });
    expect(never.lines.filter((line) => line.includes('open'))).toHaveLength(5);
    expect(String(never.error)).toMatch(/cannot be reached.*Check the network/);
    const later = story(['-HR#'], { until: 300_000 });
    expect(later.error).toBeUndefined();
    expect(later.lines.filter((line) => line.includes('open')).length).toBeGreaterThan(8);
    // The address for resuming may be gone: from the third attempt on it starts again at the original address.
    expect(later.lines.filter((line) => line.includes('open')).map((line) => line.split(' ')[2])).toEqual(
      expect.arrayContaining(['resume.example', 'gateway.discord.gg']),
    );
    expect(later.lines.at(-1)).toMatch(/close|lost/);
  });

  it('sends no token in the clear, wherever it is told to resume', () => {
    const lines = shortened(story(['-HP#', '-H'], { until: 1_600 }));
    expect(lines).toContain('1503 open gateway.discord.gg');
    expect(lines).toContain('1504 > resume');
  });

  it('that says READY to nobody is none', () => {
    expect(String(story(['-HN']).error)).toContain('READY without a user');
  });

  it('that says Hello and nothing more is given up', () => {
    const lines = shortened(story(['-H 500ms a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a 1s a'], { until: 30_500 })); // prettier-ignore
    expect(lines).toContain('30000 drop');
  });

  it.each(['not JSON', '[]', '{"op":"0"}', '{"op":99}', 'null'])('takes no harm from %s', (text) => {
    virtualTime((helpers) => {
      const server = scriptedGateway(helpers, ['-x-H']);
      const bot = botGateway$({ token: 't', socket$: (url) => server.socket$(url), random: () => 0 }).subscribe();
      helpers.cold('100ms x').subscribe(() => bot.unsubscribe());
      helpers.flush();
      expect(server.lines.some((line) => line.includes('"op":2')), text).toBe(true);
    });
  });
});
