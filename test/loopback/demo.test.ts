/** The demo, as `npm run demo` runs it, on short files. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, map, NEVER, timer, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandFailed } from '../../src/cli/command.js';
import { runDemo, type DemoOptions } from '../../src/cli/demo/demo.js';
import type { Stop } from '../../src/cli/terminal/terminal.js';
import { startVoiceServer } from '../../src/server/index.js';
import { oggOpus } from '../../src/audio/index.js';
import { oggFile } from '../support/ogg-writer.js';
import { leakedResources, openResources } from '../support/open-resources.js';
import { endAll, rxvoice } from '../support/rxvoice-process.js';

let folder: string;
let before: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
  before = openResources();
});
afterEach(async () => {
  endAll();
  rmSync(folder, { recursive: true });
  expect(await leakedResources(before)).toEqual([]);
});

/** The first `count` frames of the bundled song, as a file. */
async function shortSong(count: number): Promise<string> {
  const frames: Uint8Array[] = [];
  for await (const frame of oggOpus(readFileSync('src/cli/demo/song.opus'))) {
    if (frames.push(frame) === count) break;
  }
  return file('short.opus', oggFile(frames));
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** What the demo wrote, and its exit status. */
interface Ran {
  readonly text: string;
  readonly wav: string;
  readonly status: number;
}

async function demo(path: string, options: Partial<DemoOptions> = {}, stop$: Observable<Stop> = NEVER): Promise<Ran> {
  let text = '';
  const wav = join(folder, 'heard.wav');
  const out = { write: (part: string) => (text += part), isTTY: false };
  const status = await runDemo({ file: path, wav, terminal: { out, colour: false, stop$ }, ...options });
  return { status, text, wav };
}

const joinNobody = (): never => {
  throw new Error('nothing should be joined');
};

describe('the demo', () => {
  it('shows the stages, the progress, the accounts and the sound, and exits with 0', async () => {
    const { status, text, wav } = await demo(await shortSong(40));
    expect(status).toBe(0);
    for (const stage of ['signalling', 'socket', 'hello', 'ready', 'discovery', 'description', 'first frame'])
      expect(text).toMatch(new RegExp(`\\+\\d+\\.\\d ms +${stage}`));
    expect(text).toMatch(/frames sent +40\n.*frames arrived +40\n.*lost +0\n.*differing +0\n.*interval p50 .*ms\n.*interval p99 .*ms\n.*first sound .*ms/s);
    const [, ofListener, ofPlayer] = /listener +((?:\d{5} ){5}\d{5})\n +player +((?:\d{5} ){5}\d{5})\n/.exec(text) ?? [];
    expect(ofListener).toMatch(/\d/);
    expect(ofPlayer).toBe(ofListener);
    expect(text).toContain('every frame arrived, byte for byte');
    expect(text).toMatch(/[▀▄█]/);
    // 40 frames and the part of the following silence that was heard, 20 ms of 48 kHz stereo each, after a header that counts them.
    const bytes = readFileSync(wav);
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
    expect((bytes.length - 44) / (960 * 4)).toBeGreaterThanOrEqual(40);
    expect(new Set(bytes.subarray(44)).size).toBeGreaterThan(100);
  });

  it('exits with 1 when a single datagram is lost', async () => {
    const startServer = async () => {
      const server = await startVoiceServer({ daveVersion: 1 });
      let outbound = 0;
      server.faults.datagrams((packet) => (packet.direction === 'outbound' && ++outbound === 17 ? 'drop' : 'pass'));
      return server;
    };
    const { status, text } = await demo(await shortSong(40), { startServer });
    expect(status).toBe(1);
    expect(text).toMatch(/frames arrived +39\n.*lost +1\n/s);
    expect(text).toContain('frames are missing or differ');
  });

  it('says so when the call is not encrypted', async () => {
    const { status, text } = await demo(await shortSong(20), { startServer: () => startVoiceServer() });
    expect(status).toBe(0);
    expect(text).toContain('none: this call is not encrypted');
  });

  it.each([
    ['an MP3', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(2_000)]), /bad.opus cannot be played.*MP3/],
    ['nothing', Buffer.alloc(0), /bad.opus cannot be played.*empty/],
  ])('says what is wrong with %s, before anything is joined', async (_, bytes, reason) => {
    const played = demo(file('bad.opus', bytes), { startServer: joinNobody });
    await expect(played).rejects.toThrow(reason);
    await expect(played).rejects.toBeInstanceOf(CommandFailed);
  });

  it('says that a file is not there', async () => {
    await expect(demo(join(folder, 'none.opus'), { startServer: joinNobody })).rejects.toThrow(/cannot be played.*ENOENT/);
  });

  it('stops when it is told to, with that status, and has the WAV file whole', async () => {
    const stop$ = timer(0, 5).pipe(
      filter(() => existsSync(join(folder, 'heard.wav')) && statSync(join(folder, 'heard.wav')).size > 44),
      map(() => ({ reason: 'interrupted', status: 130, signal: true }) as const),
    );
    const { status, text, wav } = await demo('src/cli/demo/song.opus', {}, stop$);
    expect(status).toBe(130);
    expect(text).toContain(`interrupted; what was heard is in ${wav}`);
    const bytes = readFileSync(wav);
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
  });

  // Concurrent, because in sequence they take ten seconds of songs. Each process has its own clock: a gap in the file is as long as the machine made it.
  it('draws a second of frames of 2.5, 10, 20, 40 and 60 ms as a second', async () => {
    // TOC bytes of CELT (2.5, 10, 20 ms) and SILK (40, 60). Two more bytes follow each: noise, or silence, of that length.
    const tocs = [[2.5, 0xe0], [10, 0xf0], [20, 0xf8], [40, 0x10], [60, 0x18]] as const; // prettier-ignore
    const drawn = tocs.map(async ([ms, toc]) => {
      const frames = Array.from({ length: 1_980 / ms }, () => Uint8Array.of(toc, 0xff, 0xfe));
      file(`${ms}.opus`, oggFile(frames));
      const { out, err } = await rxvoice(['demo', `${ms}.opus`, '--wav', `${ms}.wav`], folder).ended;
      expect(err).toBe('');
      return { ms, ruler: /┴─+┴─+/.exec(out)?.[0] };
    });
    for (const { ms, ruler } of await Promise.all(drawn)) {
      // 1.98 s of song, and the silence after it: the mark of the first second is in the middle.
      expect(ruler?.indexOf('┴', 1), `${ms} ms`).toBeGreaterThan(43);
      expect(ruler?.indexOf('┴', 1), `${ms} ms`).toBeLessThan(50);
    }
  });
});
