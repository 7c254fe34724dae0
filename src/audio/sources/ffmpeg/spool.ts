/** Copies an input to a temporary file, for an ffmpeg that needs random access. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ByteSource } from '../../bytes/byte-source.js';
import { MediaSourceError } from '../../errors.js';

/** A day of AAC; a longer input is taken for endless. */
const MAX_BYTES = 2_147_483_648;

/** A temporary file. */
export interface Spool {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Writes a whole source to a temporary file.
 *
 * @throws MediaSourceError for more than 2 GiB, and the errors of the source or the disk
 */
export async function spool(source: ByteSource): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'rxvoice-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'input');
  try {
    await pipeline(() => pieces(source), createWriteStream(path));
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}

async function* pieces(source: ByteSource): AsyncGenerator<Uint8Array, void> {
  for (let piece = await source.read(); piece !== undefined; piece = await source.read()) {
    if (source.bytesRead > MAX_BYTES) {
      throw new MediaSourceError(`this input has more than ${MAX_BYTES} bytes before its index: pass a path, or move the index to the front`);
    }
    yield piece.slice();
  }
}
