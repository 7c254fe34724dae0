import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { source } from '../../../src/audio/index.js';
import { descriptionOf } from '../../../src/frames/description.js';
import { toldToThread } from '../../../src/workers/told-to-thread.js';

const URL_OF_SONG = 'https://example.org/a';

describe('what a thread is told of a source', () => {
  it.each([
    ['none', false, false],
    ['urls', true, false],
    ['files', true, true],
  ] as const)('%s: URLs %s, files %s', (sources, urls, files) => {
    const isTold = (input: string | URL): boolean => toldToThread(sources)(descriptionOf(source(input))!) !== undefined;
    for (const url of [URL_OF_SONG, new URL(URL_OF_SONG)]) expect(isTold(url)).toBe(urls);
    for (const file of ['a.opus', '/a.opus', 'file:///a.opus', new URL('file:///a.opus')]) expect(isTold(file)).toBe(files);
  });

  it('is where it lies, wherever the thread runs, and all that the thread needs to read it so', () => {
    const told = (...[input, options]: Parameters<typeof source>) => toldToThread('files')(descriptionOf(source(input, options))!);
    const options = { bitrate: 64_000, stallTimeout: 5 };
    const own = { headers: { authorization: 'x' }, ffmpeg: 'ffmpeg' };
    expect(told('a.opus', { ...options, ...own })).toEqual({ input: join(process.cwd(), 'a.opus'), from: 'file', start: 0, options, own });
    expect(told(join('..', 'a.opus'))?.input).toBe(resolve('..', 'a.opus'));
    expect(told(resolve('a.opus'))?.input).toBe(resolve('a.opus'));
    expect(told('file:///a.opus')?.input).toBe('file:///a.opus');
    expect(told(URL_OF_SONG)?.input).toBe(URL_OF_SONG);
    expect(structuredClone(told('a.opus', { ...options, ...own }))).toEqual(told('a.opus', { ...options, ...own }));
  });
});
