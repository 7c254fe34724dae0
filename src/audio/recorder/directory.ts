/** Recordings as files in a directory. */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fields, type Check } from '../../checks/check.js';
import { FLAG } from '../../checks/common.js';
import { numberedName } from './file-name.js';
import type { OpenRecordingSink, RecordingSink } from './sink.js';

/** Options of {@link directorySink}. */
export interface DirectorySinkOptions {
  /** Whether an existing file may be replaced. Default false: the new one gets a number, as in `name-2.ogg`. */
  readonly overwrite?: boolean;
}

const checkOptions = fields({ overwrite: FLAG } satisfies Readonly<Record<keyof DirectorySinkOptions, Check>>);

/** How many numbers are tried before giving up. */
const MAX_NUMBER = 10_000;

/**
 * Opens recordings as files in a directory, which is created when the first one is opened. Existing files are never overwritten unless
 * `overwrite` is set: two processes that record into one directory get separate files.
 *
 * @param directory its path
 * @throws VoiceOptionsError for invalid options
 */
export function directorySink(directory: string, options: DirectorySinkOptions = {}): OpenRecordingSink {
  checkOptions('', options);
  const { overwrite = false } = options;
  return async (name) => {
    await mkdir(directory, { recursive: true });
    if (overwrite) return new NodeFile(join(directory, name), await open(join(directory, name), 'w'));
    for (let number = 1; ; number++) {
      const path = join(directory, numberedName(name, number));
      try {
        return new NodeFile(path, await open(path, 'wx'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number >= MAX_NUMBER) throw error;
      }
    }
  };
}

class NodeFile implements RecordingSink {
  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  async write(bytes: Uint8Array, position: number): Promise<void> {
    // A disk that is nearly full writes only a part, and fails at the next attempt.
    for (let done = 0; done < bytes.length; ) {
      done += (await this.handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  }

  hole(bytes: number, position: number): Promise<void> {
    return this.handle.truncate(position + bytes);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
