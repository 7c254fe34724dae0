/** The bytes of a file. */
import { createReadStream, type ReadStream } from 'node:fs';
import type { ByteInput } from '../../bytes/byte-source.js';
import { MediaSourceError } from '../../errors.js';

const CURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: check the path, which counts from the folder that the process runs in',
  EISDIR: 'it is a folder: pass a file in it',
  EACCES: 'this process may not read it: check its permissions',
  EPERM: 'this process may not read it: check its permissions',
  EMFILE: 'too many files are open. Pass paths or functions, which open late, rather than open streams',
};

/** The bytes of a file from an offset on; it is opened when the first byte is requested. */
export function fileBytes(path: string, from = 0): ByteInput {
  let stream: ReadStream | undefined;
  const input = {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
      try {
        stream = createReadStream(path, { start: from });
        for await (const chunk of stream) yield chunk as Uint8Array;
      } catch (error) {
        throw fileError(path, error);
      }
    },
    /** Also ends a pending read. */
    destroy: (): void => void stream?.destroy(),
  };
  return input;
}

function fileError(path: string, error: unknown): MediaSourceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const cure = CURES[code] ?? (error instanceof Error ? error.message : String(error));
  return new MediaSourceError(`the file ${path} cannot be read: ${cure}`, { cause: error });
}
