/** The ffmpeg process: found, fed, ended, and its messages when it fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, createReadStream, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FfmpegError, MediaFormatError, pcm, probe, source, type SourceDamage } from '../../../../src/audio/index.js';
import { playArguments } from '../../../../src/audio/sources/ffmpeg/arguments.js';
import { readDescription, readMetadata } from '../../../../src/audio/sources/ffmpeg/describe.js';
import { failureOf } from '../../../../src/audio/sources/ffmpeg/failure.js';
import { lastWords } from '../../../../src/audio/ffmpeg/last-words.js';
import { collect } from '../../../support/collect.js';
import { bytesOf, endOfProcessesWith, itWithFfmpeg, make, makeLong, processesWith, temporaryFolder, tone } from '../../../support/ffmpeg.js';

const folder = temporaryFolder();
const lavfi = (seconds: number): string[] => ['-f', 'lavfi', '-i', tone(seconds)];

const spools = (): string[] => readdirSync(tmpdir()).filter((name) => /^rxvoice-[A-Za-z0-9]{6}$/.test(name) && existsSync(join(tmpdir(), name, 'input')));

describe('ffmpeg that is missing', () => {
  it('is told with the cure, and with what it was needed for', async () => {
    const { error } = await collect(source(Buffer.from('fLaC and more'), { ffmpeg: join(folder, 'none') }));
    expect(error).toBeInstanceOf(FfmpegError);
    expect(error).toMatchObject({ code: 'ffmpeg', retryable: false });
    expect((error as Error).message).toMatch(/option ffmpeg.*FLAC/);
    await expect(probe(Buffer.from('fLaC and more'), { ffmpeg: join(folder, 'none') })).rejects.toBeInstanceOf(FfmpegError);
  });

  it('is told on the PATH, with how to install it', async () => {
    const script = `import { source } from ${JSON.stringify(new URL('../../../../dist/audio/index.js', import.meta.url).href)};
      try { for await (const _ of source(Buffer.from('fLaC and more'))); } catch (error) { console.log(error.name + ': ' + error.message); }`;
    if (!existsSync(new URL('../../../../dist/audio/index.js', import.meta.url))) return console.warn('not checked: npm run build was not run');
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env: { PATH: folder }, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await once(child, 'close');
    expect(said).toContain('FfmpegError: ffmpeg is needed');
    expect(said).toMatch(/apt-get install ffmpeg.*ffmpeg-static/);
  });

  it('or is no ffmpeg at all, is told', async () => {
    const path = join(folder, 'not-ffmpeg');
    writeFileSync(path, '#!/bin/sh\nexit 3\n');
    chmodSync(path, 0o755);
    expect((await collect(source(Buffer.from('fLaC'), { ffmpeg: path }))).error).toMatchObject({ code: 'ffmpeg' });
  });
});

describe('an input', () => {
  itWithFfmpeg('that ffmpeg cannot decode is a MediaFormatError with its last words', async () => {
    const noise = join(folder, 'noise.bin');
    writeFileSync(noise, Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255)));
    for (const input of [noise, readFileSync(noise), () => createReadStream(noise)]) {
      const { items, error } = await collect(source(input));
      expect(items).toEqual([]);
      expect(error).toBeInstanceOf(MediaFormatError);
      expect((error as Error).message).toContain('ffmpeg said: ');
    }
  });

  itWithFfmpeg('without sound is told', async () => {
    const path = await make('silent.mp4', '-f', 'lavfi', '-i', 'testsrc=d=0.2:s=64x64', '-an');
    expect(((await collect(source(path))).error as Error).message).toContain('no audio');
    await expect(probe(path)).rejects.toMatchObject({ code: 'media-format' });
  });

  itWithFfmpeg('that is cut off gives what is there, and then an error, or what ffmpeg complained of', async () => {
    for (const [name, options] of [['cut.m4a', ['-movflags', '+faststart']], ['cut.flac', []]] as const) {
      const path = await make(name, ...lavfi(4), ...options);
      const damage: SourceDamage[] = [];
      const { items, error } = await collect(source(bytesOf(path).subarray(0, bytesOf(path).length >> 1), { onDamage: (place) => damage.push(place) }));
      expect(items.length).toBeGreaterThan(60);
      expect(items.length).toBeLessThan(150);
      if (error === undefined) expect(damage).toMatchObject([{ reason: 'decoder' }]);
      else expect(error).toMatchObject({ code: 'media-format' });
    }
  });

  itWithFfmpeg('of MP4 whose index is behind comes from bytes and streams, too; nothing is left of its temporary file', async () => {
    const path = await make('behind.m4a', ...lavfi(2));
    const before = spools();
    for (const input of [bytesOf(path), createReadStream(path)]) {
      const { items, error } = await collect(source(input));
      expect(error).toBeUndefined();
      expect(Math.abs(items.length - 101)).toBeLessThan(4);
    }
    expect(spools()).toEqual(before);
  });

  itWithFfmpeg('with a name that looks like an option or a protocol is a name', async () => {
    const path = await make('plain.mp3', ...lavfi(1));
    for (const name of ['-y', 'concat:a|b', 'pipe:0', '%03d.mp3']) {
      symlinkSync(path, join(folder, name));
      expect((await collect(source(join(folder, name)))).items.length).toBeGreaterThan(48);
    }
  });

  itWithFfmpeg('has tags and gains', async () => {
    const path = await make('tagged.mp3', ...lavfi(1), '-metadata', 'title=A = b; c', '-metadata', 'REPLAYGAIN_TRACK_GAIN=-6.48 dB');
    const info = await probe(path);
    expect(info).toMatchObject({ via: 'ffmpeg', codec: 'mp3', channels: 1, sampleRate: 48_000, loudness: { track: -6.48, reference: 'replaygain' } });
    expect(info.tags.get('TITLE')).toBe('A = b; c');
    expect(Math.abs(info.duration! - 1_000)).toBeLessThan(100);
    expect((await probe(createReadStream(path))).tags.get('TITLE')).toBe('A = b; c');
  });
});

describe('the process', () => {
  itWithFfmpeg('is one a play, begins with the first frame, and is gone with the play', async () => {
    const path = await makeLong('lifetime-long.mp3', 600);
    const frames = source(path)[Symbol.asyncIterator]();
    expect(processesWith('lifetime-long')).toEqual([]);
    for (let i = 0; i < 20; i++) await frames.next();
    expect(processesWith('lifetime-long').length).toBe(1);
    await frames.return();
    expect(await endOfProcessesWith('lifetime-long')).toEqual([]);
    for await (const _ of pcm(path)) break;
    expect(await endOfProcessesWith('lifetime-long')).toEqual([]);
  });

  itWithFfmpeg('is gone after an error, and when it is let go of while it starts', async () => {
    const noise = join(folder, 'gone-noise.bin');
    writeFileSync(noise, Buffer.alloc(100_000, 7));
    await collect(source(noise));
    expect(await endOfProcessesWith('gone-noise')).toEqual([]);
    const path = await make('gone-early.mp3', ...lavfi(2));
    const frames = source(path)[Symbol.asyncIterator]();
    const pending = frames.next();
    await new Promise(setImmediate);
    await frames.return();
    expect((await pending).done).toBe(true);
    expect(await endOfProcessesWith('gone-early')).toEqual([]);
  });

  itWithFfmpeg('does not outlive this one', async () => {
    const built = new URL('../../../../dist/audio/index.js', import.meta.url);
    if (!existsSync(built)) return console.warn('not checked: npm run build was not run');
    const path = await makeLong('orphan-long.mp3', 600);
    const script = `import { source } from ${JSON.stringify(built.href)};
      const frames = source(${JSON.stringify(path)})[Symbol.asyncIterator](); await frames.next(); console.log('playing'); setInterval(() => frames.next(), 20);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(processesWith('orphan-long').some((line) => line.includes('-i file:'))).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await endOfProcessesWith('orphan-long')).toEqual([]);
  });

  itWithFfmpeg('without libopus decodes all the same, and is encoded here', async () => {
    const plain = join(folder, 'no-libopus');
    writeFileSync(plain, '#!/bin/sh\ncase "$*" in *-encoders*) echo " A..... aac";; *libopus*) exit 9;; *) exec ffmpeg "$@";; esac\n');
    chmodSync(plain, 0o755);
    const path = await make('plain-encoder.mp3', ...lavfi(1));
    const { items, error } = await collect(source(path, { ffmpeg: plain }));
    expect(error).toBeUndefined();
    expect(items.length).toBeGreaterThan(49);
  });

  itWithFfmpeg('reads a server from any place, and no error repeats the address', async () => {
    const mp3 = bytesOf(await make('served.mp3', ...lavfi(5)));
    const server = createServer((request, response) => {
      if (request.url!.startsWith('/gone')) return void response.writeHead(404).end();
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const headers = { 'content-length': mp3.length - from, 'content-range': `bytes ${from}-${mp3.length - 1}/${mp3.length}`, 'accept-ranges': 'bytes' };
      response.writeHead(request.headers.range === undefined ? 200 : 206, headers).end(mp3.subarray(from));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const song = source(`${base}/served.mp3?key=secret`);
    const whole = (await collect(song)).items.length;
    const later = (await collect(song.from(3_000))).items.length;
    expect(Math.abs(whole - later - 150)).toBeLessThan(6);
    const { error } = await collect(source(`${base}/gone.mp3?key=secret`).from(1_000));
    expect((error as Error).message).toContain('404');
    expect(String(error)).not.toContain('secret');
    server.closeAllConnections();
    server.close();
  });

  itWithFfmpeg('is as far ahead as a pipe is long: an endless input is read at the pace of the play', async () => {
    const mp3 = bytesOf(await make('endless.mp3', ...lavfi(30), '-write_xing', '0', '-id3v2_version', '0'));
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += mp3.length;
        yield mp3;
      }
    }
    const frames = source(endless())[Symbol.asyncIterator]();
    const taken = 6_000;
    let held = 0;
    for (let i = 0; i < taken; i++) {
      const { done } = await frames.next();
      expect(done).not.toBe(true);
      if (i === 1_000) held = process.memoryUsage().arrayBuffers;
    }
    expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(20_000_000);
    await frames.return();
    // Two minutes were heard; a 64 KB pipe holds five seconds of this Opus, and three of this MP3.
    expect(given / mp3.length).toBeLessThan(8);
  });
});

describe('what ffmpeg says', () => {
  const end = { code: 1, signal: null, stderr: '', bytes: 0, offset: 5 };
  it.each([
    ['file:x: No such file or directory', 'media-source', 'no such file'],
    ['file:x: Permission denied', 'media-source', 'permissions'],
    ['[https @ 0x5] HTTP error\nServer returned 404 Not Found', 'media-source', 'refuses'],
    ['Connection refused', 'media-source', 'cannot be reached'],
    ["Unknown encoder 'libopus'", 'ffmpeg', 'update it'],
    ["Stream map '0:a:0' matches no streams.", 'media-format', 'no audio'],
    ['moov atom not found\npipe:0: Invalid data found when processing input', 'media-format', 'no index'],
    ['Invalid data found when processing input', 'media-format', 'no media'],
    ['', 'media-format', 'nothing to hear'],
  ])('%s', (stderr, code, text) => {
    const failure = failureOf({ ...end, stderr })!;
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(text);
  });

  it('of an end that it calls success, but which is none, and the other way round', () => {
    expect(failureOf({ ...end, code: 0, bytes: 9 })).toBeUndefined();
    expect(failureOf({ ...end, code: 0, bytes: 9, stderr: 'stream 0, offset 0x13911: partial file' })?.message).toContain('cut off');
    expect(failureOf({ ...end, code: null, signal: 'SIGSEGV' })).toMatchObject({ code: 'ffmpeg' });
  });

  it('is told without addresses', () => {
    expect(lastWords('a\n\n[mp3 @ 0x55] b https://x/?k=1\nc\nd\ne\n', 'https://x/?k=1')).toBe('[mp3] b (the URL) / c / d / e');
  });

  it('of an input is read', () => {
    const told = (line: string): unknown => readDescription(`  Duration: 01:02:03.50, start: 0\n  Stream #0:0(eng): Audio: ${line}`, new Map());
    expect(told('aac (LC) (mp4a / 0x6134706D), 44100 Hz, 5.1(side), fltp')).toMatchObject({ duration: 3_723_500, codec: 'aac', channels: 6, sampleRate: 44_100 });
    expect(told('mp3, 22050 Hz, mono, fltp, 32 kb/s')).toMatchObject({ channels: 1, sampleRate: 22_050 });
    expect(told('pcm_s16le, 8000 Hz, 4 channels, s16')).toMatchObject({ channels: 4 });
    expect(readDescription('nothing', new Map())).toMatchObject({ duration: undefined, codec: undefined });
    expect([...readMetadata(';FFMETADATA1\ntitle=A \\= b\\; c\\\nline 2\n[STREAM]\nARTIST=Me\n')]).toEqual([
      ['TITLE', 'A = b; c\nline 2'],
      ['ARTIST', 'Me'],
    ]);
  });

  it('it is asked: what it may open is listed', () => {
    const opus = { kind: 'opus', bitrate: 96_000 } as const;
    expect(playArguments({ kind: 'path', path: '-y' }, opus, 1_500).join(' ')).toContain('-ss 1.500 -nostdin -protocol_whitelist file -i file:-y -map');
    expect(playArguments({ kind: 'pipe' }, opus, 1_500).join(' ')).toContain('-protocol_whitelist pipe -i pipe:0 -ss 1.500 -map');
  });
});
