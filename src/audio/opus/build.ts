/** Finds libopus, compiled to WebAssembly, inside `@evan/opus`, and explains why no codec is available. */
import { readFileSync } from 'node:fs';
import { PackageError, packageFile } from '../../runtime/require-package.js';
import type { Libopus } from './libopus.js';

/** The build without SIMD: the other one is no faster, and not every engine accepts it. */
const BUILD = '@evan/opus/wasm/opus.wasm';

/** Compiled once per process. */
let compiled: WebAssembly.Module | undefined;

/**
 * An instance of libopus, with its own memory. The file is read, not imported, because a bundler would leave it out. Everything is
 * synchronous, like making a codec; it takes about 10 ms the first time, and 0.1 ms later.
 *
 * @throws PackageError, which names the cure, if it is not installed; RangeError, or an error of WebAssembly, if there is no memory
 */
export function instantiateLibopus(): Libopus {
  compiled ??= new WebAssembly.Module(readFileSync(packageFile(BUILD)));
  return new WebAssembly.Instance(compiled, IMPORTS).exports as Libopus;
}

/** System calls that the build imports. No codec needs them; the build writes to files only to say why it exits. */
const nothing = (): number => 0;
const IMPORTS = {
  env: { emscripten_notify_memory_growth: nothing },
  wasi_snapshot_preview1: {
    fd_close: nothing,
    fd_seek: nothing,
    fd_write: nothing,
    proc_exit(code: number): never {
      throw new Error(`libopus exited with ${code}`);
    },
  },
};

/** The message for an error because of which no codec could be made. */
export function whyNoCodec(error: unknown, codec: 'encoder' | 'decoder'): string {
  if (error instanceof PackageError) return error.message;
  return `no memory for another Opus ${codec}. Call free() on those that are no longer used, as soon as their stream ends`;
}
