/** A stream may fail before it is read: for example a missing file in a playlist. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { oggOpus } from '../../../../src/audio/index.js';

/** With its own listener: `once()` of node:events would listen for errors, too. */
const closed = (stream: Readable): Promise<unknown> => new Promise((resolve) => stream.once('close', resolve));

/** Its frames, read after the stream has failed. Without an error listener the failure itself would end the process. */
async function readLate(stream: Readable): Promise<unknown> {
  const frames = oggOpus(stream);
  await closed(stream);
  return frames[Symbol.asyncIterator]().next();
}

describe('a Node stream that fails while it waits', () => {
  it('is a file that is not there: told when it is played, and every time', async () => {
    const file = createReadStream('no such folder/song.opus');
    await expect(readLate(file)).rejects.toThrow(/ENOENT/);
    await expect(oggOpus(file)[Symbol.asyncIterator]().next()).rejects.toThrow(/ENOENT/);
  });

  it('is any other: told as it was', async () => {
    const stream = new Readable({ read: () => undefined });
    const reset = new Error('the download was reset');
    setImmediate(() => stream.destroy(reset));
    await expect(readLate(stream)).rejects.toBe(reset);
  });

  it('may be closed without an error, which is an empty input', async () => {
    const stream = new Readable({ read: () => undefined });
    stream.destroy();
    await expect(readLate(stream)).rejects.toThrow(/empty|premature/i);
  });

  it('may never be played, and does no harm', async () => {
    const file = createReadStream('no such folder/song.opus');
    oggOpus(file);
    await closed(file);
    expect(file.errored).toMatchObject({ code: 'ENOENT' });
  });
});
