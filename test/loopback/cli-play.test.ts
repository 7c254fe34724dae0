/** `rxvoice play` as a process of its own, into pipes and terminals, on real sockets. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, NEVER, Subscription, tap } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav, oggOpus } from '../../src/audio/index.js';
import type { PlayFact } from '../../src/cli/play/facts.js';
import { play$ } from '../../src/cli/play/play.js';
import { tracksOf } from '../../src/cli/play/tracks.js';
import { mainGateway$ } from '../../src/cli/serve/main-gateway.js';
import { columnsOf } from '../../src/cli/terminal/text.js';
import { isSilenceFrame } from '../../src/index.js';
import { startVoiceServer, type ServerPacket } from '../../src/server/index.js';
import { collect } from '../support/collect.js';
import { oggFile } from '../support/ogg-writer.js';
import { endAll, jsonLines, rxvoice, shell, terminal } from '../support/rxvoice-process.js';
import { onQuietMachine } from '../support/quiet-machine.js';

const STACK = /^ +at /m;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
  const song = (await collect(oggOpus(readFileSync('src/cli/demo/song.opus')))).items;
  writeFileSync(join(folder, 'short.opus'), oggFile(song.slice(100, 150)));
  writeFileSync(join(folder, 'long.opus'), oggFile([...song, ...song, ...song]));
  const tone = Int16Array.from({ length: 48_000 }, (_, i) => Math.round(8_000 * Math.sin((2 * Math.PI * 440 * (i >> 1)) / 48_000)));
  writeFileSync(join(folder, 'tone.wav'), encodeWav([tone]));
  writeFileSync(join(folder, 'text.opus'), 'this is no sound');
});
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

/** The status lines that a terminal was shown. */
function statusLines(out: string): string[] {
  return out
    .split(/\r?\n|\x1b\[\d*A\r?\x1b\[J/)
    .map((line) => line.replace(/\r/g, ''))
    .filter((line) => /^(\x1b\[\d+m)?[▶‖]/.test(line));
}

/** Whether a signal was sent to the process that no thread of it has taken yet. Linux tells; elsewhere it is not known. */
function signalsPending(pid: number): boolean {
  try {
    return !/^ShdPnd:\s*0+$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe.concurrent('rxvoice play', () => {
  it('plays standard input and files, one after the other, tells of each, and exits with 1 where one is no sound', async () => {
    const { status, out, err } = await shell('rxvoice play - tone.wav text.opus short.opus --json < short.opus', folder).ended;
    expect([status, err]).toEqual([1, '']);
    const facts = jsonLines(out);
    expect(facts[0]).toMatchObject({ type: 'place', where: 'embedded', because: 'no token' });
    const begun = facts.filter(({ type }) => type === 'track').map((fact) => `${String(fact['index'])} of ${String(fact['of'])}: ${String(fact['title'])}`);
    expect([...new Set(begun)]).toEqual(['0 of 4: standard input', '1 of 4: tone.wav', '3 of 4: short.opus']);
    expect(facts.filter(({ type }) => type === 'track').at(-1)).toMatchObject({ duration: 993.5, via: 'passthrough', seekable: true });
    expect(facts.filter(({ type }) => type === 'ended').map((fact) => `${String(fact['index'])} ${String(fact['reason'])}`).sort()).toEqual(['0 end', '1 end', '2 failed', '3 end']);
  });

  it('is stopped by Ctrl-C with 130, behind five frames of silence', async () => {
    await onQuietMachine(async () => {
      const voice = await startVoiceServer();
      const packets: ServerPacket[] = [];
      voice.packets$.subscribe((packet) => packets.push(packet));
      const server = new Subscription();
      const url = await new Promise<string>((resolve) => server.add(mainGateway$(voice, 0).subscribe((listening) => resolve(listening.url))));
      const play = rxvoice(['play', 'long.opus', '--gateway', url, '--json'], folder);
      await play.until(/"progress"/);
      play.child.kill('SIGINT');
      const { status, out, err } = await play.ended;
      expect([status, err]).toEqual([130, '']);
      const facts = jsonLines(out);
      expect(facts.at(-1)).toMatchObject({ type: 'ended', reason: 'stopped' });
      expect(facts.find(({ type }) => type === 'progress')!['peak']).toBeLessThan(0);
      const sound = packets.findLastIndex(({ payload }) => !isSilenceFrame(payload));
      expect(sound).toBeGreaterThan(10);
      expect(packets.length - 1 - sound).toBe(5);
      server.unsubscribe();
      await voice.close();
    });
  });

  it('says what was cut off when it is kicked', async () => {
    const voice = await startVoiceServer();
    const facts: PlayFact[] = [];
    const server = new Subscription();
    const url = await new Promise<string>((resolve) => server.add(mainGateway$(voice, 0).subscribe((listening) => resolve(listening.url))));
    const tracks = tracksOf([join(folder, 'long.opus')], {}, new Uint8Array());
    const place = { where: 'gateway', url, token: 'any', guildId: '100', channelId: '200' } as const;
    await lastValueFrom(
      play$({ place, tracks, volume: 1, from: 0, endless: false, progressEvery: 100 }, NEVER, NEVER).pipe(
        tap((fact) => {
          facts.push(fact);
          if (fact.type === 'progress' && fact.position === 200) voice.faults.kick('1001');
        }),
      ),
    );
    server.unsubscribe();
    await voice.close();
    const endings = facts.filter((fact) => fact.type === 'ended');
    expect(endings).toMatchObject([{ title: 'long.opus', reason: 'broken-off' }]);
    expect(endings[0]!.heard).toBeGreaterThanOrEqual(200);
  });

  it('ends at once at a second signal', async () => {
    const play = rxvoice(['play', 'long.opus', '--json'], folder);
    await play.until(/"progress"/);
    // A different signal than the first, because two pending signals of one kind are merged.
    play.child.kill('SIGINT');
    // While both are pending, the kernel may give each to another thread, in any order.
    while (signalsPending(play.child.pid!)) continue;
    play.child.kill('SIGTERM');
    const { status, out, err } = await play.ended;
    expect([status, err]).toEqual([143, '']);
    expect(out).not.toContain('"ended"');
  });

  it.each([
    ['play', 2, 'what is to be played?'],
    ['play short.opus --volume loud', 2, '--volume must be a percentage'],
    ['play short.opus --gateway ws://127.0.0.1:9 --channel x', 2, '--channel must be an id'],
  ])('%s is told in a line', async (line, expected, text) => {
    const { status, out, err } = await rxvoice(line.split(' '), folder).ended;
    expect([status, out]).toEqual([expected, '']);
    expect(err.split('\n')[0]).toContain(`rxvoice: ${text}`);
    expect(err).not.toMatch(STACK);
  });

  it('joins nobody for a file that is no sound', async () => {
    const tracks = tracksOf([join(folder, 'text.opus')], {}, new Uint8Array());
    const options = { place: { where: 'embedded', because: 'asked' }, volume: 1, from: 0, endless: false, progressEvery: 1_000 } as const;
    const facts: PlayFact[] = [];
    await expect(lastValueFrom(play$({ ...options, tracks }, NEVER, NEVER).pipe(tap((fact) => facts.push(fact))))).rejects.toThrow(/^text\.opus cannot be played: /);
    expect(facts).toEqual([]);
  });

  it('says it in the last line of --json, too', async () => {
    const { status, out, err } = await rxvoice(['play', 'none.opus', '--json'], folder).ended;
    expect([status, err]).toEqual([1, 'rxvoice: none.opus is not there\n']);
    expect(jsonLines(out)).toMatchObject([{ type: 'error', message: 'none.opus is not there' }]);
  });

  it('ends without a word when nobody reads on', async () => {
    const { status, err } = await shell('rxvoice play long.opus --json | head -n 3', folder).ended;
    expect([status, err]).toEqual([141, '']);
  });

  it('has keys in a terminal, and a status that stays on its line', async () => {
    const play = terminal(['play', 'long.opus', 'short.opus', '--loop'], 80, folder);
    if (play === undefined) return console.log('not checked: there is no script(1) here');
    const keys = play.child.stdin!;
    await play.until(/space pauses, ← → seek[\s\S]*0:00 \/ 0:3\d/);
    keys.write(' ');
    await play.until(/‖/);
    keys.write('\x1b[C++');
    await play.until(/120%/);
    keys.write(' ');
    await play.until(/0:1\d \/ 0:3\d/);
    keys.write('n');
    await play.until(/skipped after[\s\S]*2\/2 {2}.*short\.opus/);
    keys.write('q');
    const { status, out } = await play.ended;
    expect(status).toBe(0);
    expect(out).toMatch(/stopped after/);
    const lines = statusLines(out);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(columnsOf(line), line).toBeLessThan(80);
  });
});
