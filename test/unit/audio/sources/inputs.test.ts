/** All kinds of inputs: opened lazily, read again if possible, and released at any time. */
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { VirtualTimeScheduler } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { MediaSourceError, probe, source, type SourceInput, type SourceOptions } from '../../../../src/audio/index.js';
import { collect, texts } from '../../../support/collect.js';
import { oggFile, opusPackets } from '../../../support/ogg-writer.js';

const packets = [...opusPackets(300)];
const wanted = texts(packets);
const file = oggFile(packets, { packetsPerPage: 10 });
const folder = mkdtempSync(join(tmpdir(), 'rxvoice-inputs-'));
const path = join(folder, 'a song.opus');
writeFileSync(path, file);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handler: Handler = (_request, response) => void response.end(file);
const requests: IncomingMessage[] = [];
const server = createServer((request, response) => {
  requests.push(request);
  handler(request, response);
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function read(input: SourceInput, options: SourceOptions = {}): Promise<{ frames: string[]; error: unknown }> {
  const { items, error } = await collect(source(input, { ffmpeg: '/nowhere/ffmpeg', ...options }));
  return { frames: texts(items), error };
}

describe('an input', () => {
  const inputs: [string, () => SourceInput][] = [
    ['a path', () => path],
    ['a URL of a file', () => pathToFileURL(path)],
    ['a URL of a file as text', () => pathToFileURL(path).href],
    ['bytes', () => file],
    ['a Buffer', () => readFileSync(path)],
    ['a Node Readable', () => createReadStream(path, { highWaterMark: 777 })],
    ['a web stream', () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>],
    ['a Response', () => new Response(file as Uint8Array<ArrayBuffer>)],
    ['an array of chunks', () => [file.subarray(0, 5_000), file.subarray(5_000)]],
    ['a function', () => () => createReadStream(path)],
    ['a function that takes its time', () => async () => Promise.resolve(new Response(file as Uint8Array<ArrayBuffer>))],
    ['a function that gives a path', () => () => path],
    ['a URL', () => new URL(`${base}/song`)],
    ['a URL as text', () => `${base}/song`],
    ['a Response of fetch', () => () => fetch(`${base}/song`)],
  ];
  it.each(inputs)('is played: %s', async (_what, input) => {
    handler = (_request, response) => void response.end(file);
    const { frames, error } = await read(input());
    expect(error).toBeUndefined();
    expect(frames).toEqual(wanted);
  });

  it('that can be read again is, and from any place; the type says which those are', async () => {
    let opened = 0;
    const song = source(() => {
      opened += 1;
      return createReadStream(path);
    });
    expect(opened).toBe(0);
    expect(texts((await collect(song)).items)).toEqual(wanted);
    expect(texts((await collect(song.from(1_010))).items)).toEqual(wanted.slice(50));
    expect(texts((await collect(song.from(1_010).from(5_980))).items)).toEqual(wanted.slice(299));
    expect((await collect(song.from(7_000))).items).toEqual([]);
    expect({ opened, seekable: song.seekable, start: song.from(250).start }).toEqual({ opened: 4, seekable: true, start: 250 });
    expect(() => song.from(-1)).toThrow(RangeError);
    expect(() => song.from(Number.NaN)).toThrow(RangeError);
    const stream = source(createReadStream(path));
    expect(stream.seekable).toBe(false);
    // @ts-expect-error A stream cannot be sought.
    expect(stream.from).toBeUndefined();
    await stream[Symbol.asyncIterator]().return();
  });

  it('knows where it is', async () => {
    const frames = source(path).from(1_010)[Symbol.asyncIterator]();
    expect(frames.position).toBe(1_010);
    await frames.next();
    // The packet that contains the requested position begins at 1000.
    expect(frames.position).toBe(1_020);
    await frames.next();
    expect(frames.position).toBe(1_040);
    await frames.return();
  });

  it('may be looked at before it is played, a stream too', async () => {
    const stream = source(createReadStream(path));
    expect(await stream.probe()).toMatchObject({ via: 'passthrough', container: 'Ogg', duration: undefined, channels: 2 });
    expect(texts((await collect(stream)).items)).toEqual(wanted);
    expect(await source(path).probe()).toMatchObject({ duration: 5_993.5 });
    expect(await probe(file)).toMatchObject({ duration: 5_993.5, codec: 'opus', why: 'it holds Opus, which is passed as it is' });
  });

  it.each<[string, SourceInput, string]>([
    ['a missing file', join(folder, 'none.opus'), 'no such file'],
    ['a folder', folder, 'it is a folder'],
    ['a URL of another kind', new URL('ftp://example.org/a'), 'ftp:'],
    ['no URL', 'http://', 'no URL'],
    ['a number', 7 as unknown as SourceInput, 'of type number'],
    ['null', null as unknown as SourceInput, 'null'],
    ['an object', {} as SourceInput, 'without bytes'],
    ['a Response that is an error', new Response('gone', { status: 404 }), '404'],
  ])('that cannot be had is a MediaSourceError with the cure: %s', async (_what, input, text) => {
    const { error } = await read(input);
    expect(error).toBeInstanceOf(MediaSourceError);
    expect(error).toMatchObject({ name: 'MediaSourceError', code: 'media-source', retryable: false });
    expect((error as Error).message).toContain(text);
    if (input !== null && typeof input !== 'number') await expect(probe(input)).rejects.toBeInstanceOf(Error);
  });

  it('that fails as the user wrote it passes its error on as it is', async () => {
    const own = new Error('mine');
    expect((await read(() => Promise.reject(own))).error).toBe(own);
    expect(
      (
        await read(
          (function* () {
            yield file.subarray(0, 9_000);
            throw own;
          })(),
        )
      ).error,
    ).toBe(own);
  });

  it.each([
    ['nothing', '', 'empty'],
    ['a web page', '<!doctype html>', 'web page'],
    ['JSON', '{"error":1}', 'JSON'],
    ['a playlist', '#EXTM3U\nsong.mp3', 'playlist'],
    ['a zipped bomb', '\x1f\x8b\x08', 'gzip'],
  ])('that is no sound is a MediaFormatError: %s', async (_what, text, said) => {
    const { error } = await read(Buffer.from(text, 'latin1'));
    expect(error).toMatchObject({ code: 'media-format' });
    expect((error as Error).message).toContain(said);
  });

  it('refuses options out of their range at once', () => {
    expect(() => source(path, { bitrate: 5 })).toThrow(VoiceOptionsError);
    expect(() => source(path, { stallTimeout: 0 })).toThrow(VoiceOptionsError);
  });
});

describe('a server', () => {
  it('is told of headers, and of nothing else; it is not asked before the first frame', async () => {
    handler = (_request, response) => void response.end(file);
    requests.length = 0;
    const song = source(`${base}/song?key=secret`, { headers: { 'user-agent': 'a bot' } });
    expect(requests.length).toBe(0);
    await collect(song);
    expect(requests.map(({ headers }) => [headers['user-agent'], headers.range])).toEqual([['a bot', undefined]]);
  });

  it.each([404, 403, 500, 429])('that answers %d is told, without the address', async (status) => {
    handler = (_request, response) => void response.writeHead(status).end('no');
    const { error } = await read(`${base}/song?key=secret`);
    expect(error).toMatchObject({ code: 'media-source', retryable: status >= 429 });
    expect((error as Error).message).toContain(String(status));
    expect((error as Error).message).not.toContain('secret');
  });

  it('that breaks off in the middle is told, after what came before', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 30_000), () => response.destroy());
    };
    const { frames, error } = await read(`${base}/song`);
    expect(error).toMatchObject({ code: 'media-source', retryable: true });
    expect((error as Error).message).toContain('broke off after 30000 bytes');
    expect(frames).toEqual(wanted.slice(0, frames.length));
    expect(frames.length).toBeGreaterThanOrEqual(90);
  });

  it('that is not there is told', async () => {
    const { error } = await read('http://127.0.0.1:1/song');
    expect(error).toMatchObject({ code: 'media-source', retryable: true });
    expect((error as Error).message).toContain('cannot be reached');
  });

  it.each([
    ['before it answers', 0],
    ['in the middle', 30_000],
  ])('that stalls %s is given up in time', async (_when, bytes) => {
    const scheduler = new VirtualTimeScheduler();
    let ended: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (ended = resolve));
    let sent: () => void = () => undefined;
    const stalled = new Promise<void>((resolve) => (sent = resolve));
    handler = (request, response) => {
      request.on('close', () => ended());
      if (bytes === 0) return sent();
      response.writeHead(200);
      response.write(file.subarray(0, bytes), () => sent());
    };
    const frames = source(`${base}/song`, { scheduler, stallTimeout: 5_000 })[Symbol.asyncIterator]();
    const all = (async () => {
      let count = 0;
      for (let result = await frames.next(); result.done !== true; result = await frames.next()) count += 1;
      return count;
    })();
    const outcome = all.then(
      (count) => ({ count, error: undefined }),
      (error: unknown) => ({ count: undefined, error }),
    );
    await stalled;
    // Virtual time advances while something waits.
    const passing = setInterval(() => scheduler.flush(), 5);
    const { error } = await outcome;
    clearInterval(passing);
    expect(error).toMatchObject({ code: 'media-source', retryable: true });
    expect((error as Error).message).toContain('sent nothing for 5000 ms');
    await closed;
  });

  it('that knows ranges is asked for the index of an MP4 file alone; one that does not is read over', async () => {
    const { mp4File } = await import('../../../support/mp4-writer.js');
    const mp4 = mp4File(packets, { index: 'back' });
    for (const ranges of [true, false]) {
      requests.length = 0;
      handler = (request, response) => {
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
        if (from > 0 && ranges) response.writeHead(206).end(mp4.subarray(from));
        else response.writeHead(200).end(mp4);
      };
      const { frames, error } = await read(`${base}/song.mp4`);
      expect(error).toBeUndefined();
      expect(frames).toEqual(wanted);
      expect(requests.length).toBe(3);
    }
  });
});

describe('letting go', () => {
  it.each<[string, (stream: Readable) => SourceInput]>([
    ['a stream', (stream) => stream],
    ['a function', (stream) => () => stream],
  ])('ends %s that waits, and the frame that is waited for', async (_what, input) => {
    let asked: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    let given = false;
    const stream = new Readable({
      read(): void {
        if (given) return asked();
        given = true;
        this.push(file.subarray(0, 20_000));
      },
    });
    const frames = source(input(stream))[Symbol.asyncIterator]();
    const drain = (async () => {
      let last = await frames.next();
      while (last.done !== true) last = await frames.next();
      return last;
    })();
    await waiting;
    expect(await frames.return()).toEqual({ done: true, value: undefined });
    expect(await drain).toEqual({ done: true, value: undefined });
    expect(stream.destroyed).toBe(true);
  });

  it('of a function that never makes up its mind does not wait for it; what it gives in the end is ended', async () => {
    let give: (stream: Readable) => void = () => undefined;
    const frames = source(() => new Promise<Readable>((resolve) => (give = resolve)))[Symbol.asyncIterator]();
    const pending = frames.next();
    await Promise.resolve();
    await frames.return();
    expect((await pending).done).toBe(true);
    const late = new Readable({ read: () => undefined });
    const closed = new Promise((resolve) => late.once('close', resolve));
    give(late);
    await closed;
    expect(late.destroyed).toBe(true);
  });

  it('of what was never begun opens nothing', async () => {
    let opened = 0;
    await source(() => {
      opened += 1;
      return path;
    })
      [Symbol.asyncIterator]()
      .return();
    expect(opened).toBe(0);
  });

  it('of a stream that was never begun ends it', async () => {
    const stream = new Readable({ read: () => undefined });
    await source(stream)[Symbol.asyncIterator]().return();
    expect(stream.destroyed).toBe(true);
    const response = new Response(file as Uint8Array<ArrayBuffer>);
    await source(response)[Symbol.asyncIterator]().return();
    expect(response.bodyUsed).toBe(true);
  });

  it('aborts a request', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    handler = (request, response) => {
      request.on('close', () => closed());
      response.write(file.subarray(0, 20_000));
    };
    const frames = source(`${base}/song`)[Symbol.asyncIterator]();
    await frames.next();
    await frames.return();
    await gone;
  });
});

it('the song of the demo is what it was', async () => {
  const song = fileURLToPath(new URL('../../../../src/cli/demo/song.opus', import.meta.url));
  expect((await collect(source(song))).items.length).toBe(600);
});
