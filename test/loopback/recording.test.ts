/** Recording over real sockets, end to end encrypted; and the example that does it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  asyncScheduler,
  finalize,
  lastValueFrom,
  merge,
  observeOn,
  ReplaySubject,
  skip,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oggOpus, recordTo, type RecordingEvent } from '../../src/audio/index.js';
import { connectVoice$, useSession } from '../../src/index.js';
import { startVoiceServer } from '../../src/server/index.js';
import { collect, texts } from '../support/collect.js';
import { leakedResources, openResources } from '../support/open-resources.js';
import { IN_PROCESS_TIME } from '../support/rxvoice-process.js';
import { oggPackets, parseOgg, parseWav, prismPackets, probedDuration, toolComplaints } from '../support/recordings.js';

let folder: string;
let before: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
  before = openResources();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  expect(await leakedResources(before)).toEqual([]);
});

/** The packets without the silence that fills gaps, from the recorder and from the player. */
const audible = (packets: readonly Uint8Array[]): string[] =>
  texts(packets.filter((packet) => !(packet.length === 3 && packet[1] === 0xff && packet[2] === 0xfe)));

describe('a recording over real sockets', () => {
  it('holds the song byte for byte, and closes its files before the session leaves', async () => {
    const server = await startVoiceServer({ daveVersion: 1 });
    const song = (await collect(oggOpus(readFileSync('src/cli/demo/song.opus')))).items.slice(0, 120);
    const ready$ = new ReplaySubject<void>(1);
    const recorded$ = new Subject<void>();
    const told: RecordingEvent[] = [];
    let stateAtClose = '';
    const recording$ = connectVoice$(server.gateway('1'), { guildId: '10', channelId: '20', userId: '1' }).pipe(
      useSession((session) => {
        let status = '';
        session.state$.subscribe((state) => (status = state.status));
        ready$.next();
        const packets$ = session.receive();
        return packets$.pipe(
          // The recorder receives the last packet, too, before it is told to stop.
          takeUntil(packets$.pipe(skip(song.length - 1), observeOn(asyncScheduler))),
          recordTo(folder, { files: ['user-ogg', 'user-wav', 'mix-ogg'] }),
          tap((event) => {
            told.push(event);
            if (event.type === 'file-closed') stateAtClose = status;
          }),
        );
      }),
    );
    const playing$ = ready$.pipe(
      take(1),
      switchMap(() => connectVoice$(server.gateway('2'), { guildId: '10', channelId: '20', userId: '2' })),
      useSession((session) => session.play(song)),
      // Alone in an encrypted call, the player would wait for a listener.
      takeUntil(recorded$),
    );
    await lastValueFrom(merge(recording$.pipe(finalize(() => recorded$.next())), playing$), { defaultValue: undefined });
    await server.close();

    expect(stateAtClose).toBe('ready');
    expect(readdirSync(folder).sort()).toEqual(['2.ogg', '2.wav', 'mix.ogg']);
    const file = readFileSync(join(folder, '2.ogg'));
    expect(audible(oggPackets(file))).toEqual(texts(song));
    expect(audible(await prismPackets(file))).toEqual(texts(song));
    expect(audible((await collect(oggOpus(file))).items)).toEqual(texts(song));
    expect(parseOgg(file).at(-1)!.last).toBe(true);
    const closed = told.filter((event) => event.type === 'file-closed');
    expect(closed.map(({ lost, late, dropped, concealed }) => [lost, late, dropped, concealed])).toEqual(closed.map(() => [0, 0, 0, 0]));
    const ogg = closed.find(({ kind }) => kind === 'user-ogg')!;
    const wav = closed.find(({ kind }) => kind === 'user-wav')!;
    expect(wav.packets).toBe(ogg.packets);
    // A machine that is seconds late looks like clock drift: the WAV file corrects it by samples, the Ogg file by packets.
    expect(Math.abs(wav.durationMs - ogg.durationMs)).toBeLessThan(12.5);
    expect(parseWav(readFileSync(join(folder, '2.wav'))).pcm.length).toBe(wav.durationMs * 96);
    for (const name of readdirSync(folder)) expect(toolComplaints(join(folder, name))).toEqual([]);
    const seconds = ogg.durationMs / 1_000;
    expect(Math.abs((probedDuration(join(folder, '2.ogg')) ?? seconds) - seconds)).toBeLessThan(0.02);
  });

  it('is finished by a kick, as by anything that ends the session', async () => {
    const server = await startVoiceServer();
    const song = (await collect(oggOpus(readFileSync('src/cli/demo/song.opus')))).items.slice(0, 200);
    const recording$ = connectVoice$(server.gateway('1'), { guildId: '10', channelId: '20', userId: '1' }).pipe(
      useSession((session) => session.receive().pipe(recordTo(folder))),
      tap((event) => event.type === 'progress' && event.durationMs >= 1_000 && server.faults.kick('1')),
    );
    const player = connectVoice$(server.gateway('2'), { guildId: '10', channelId: '20', userId: '2' })
      .pipe(useSession((session) => session.play(song)))
      .subscribe();
    const last = await lastValueFrom(recording$);
    player.unsubscribe();
    await server.close();
    expect(last.type).toBe('file-closed');
    const heard = audible(oggPackets(readFileSync(join(folder, '2.ogg'))));
    expect(heard.length).toBeGreaterThan(45);
    // A recorder that joins later may miss the beginning.
    const from = texts(song).indexOf(heard[0]!);
    expect(heard).toEqual(texts(song).slice(from, from + heard.length));
  });
});

describe('the example', () => {
  it('records the song that is played to it', async () => {
    const path = fileURLToPath(new URL('../../docs/examples/recorder.mjs', import.meta.url));
    const child = spawn(process.execPath, [...IN_PROCESS_TIME, path, folder, '2'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
    const [status] = (await once(child, 'close')) as [number];
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    expect(text).toMatch(/^recording .*2\.ogg$/m);
    expect(text).toMatch(/^closed .*2\.ogg: [12]\.\d s, \d+ packets, 0 lost$/m);
    expect(text).toMatch(/^closed .*mix\.wav: /m);
    const song = texts((await collect(oggOpus(readFileSync('src/cli/demo/song.opus')))).items);
    const heard = audible(oggPackets(readFileSync(join(folder, '2.ogg'))));
    expect(heard.length).toBeGreaterThan(50);
    const from = song.indexOf(heard[0]!);
    expect(heard).toEqual(song.slice(from, from + heard.length));
    expect(parseWav(readFileSync(join(folder, 'mix.wav'))).pcm.some((sample) => Math.abs(sample) > 500)).toBe(true);
  });
});
