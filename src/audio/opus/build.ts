/** Finds libopus, compiled to WebAssembly, inside `@evan/opus`, and says why when there is no codec to be had. */
import { readFileSync } from 'node:fs';
import { PackageError, packageFile } from '../../runtime/require-package.js';
import type { Libopus } from './libopus.js';

/** Its build without SIMD: that with it is no faster, and engines differ in what they take. */
const BUILD = '@evan/opus/wasm/opus.wasm';

/** Compiled once a process. */
let compiled: WebAssembly.Module | undefined;

/**
 * An instance of libopus, with a memory of its own. Its file is read, and not imported: a bundle would leave it behind. All of this is
 * synchronous, as making a codec is; it takes about 10 ms the first time, and 0.1 ms later.
 *
 * @throws PackageError, which names the cure, where it is not installed; RangeError, or what WebAssembly throws, where there is no memory
 */
export function instantiateLibopus(): Libopus {
  compiled ??= new WebAssembly.Module(readFileSync(packageFile(BUILD)));
  return new WebAssembly.Instance(compiled, IMPORTS).exports as Libopus;
}

/** What the build asks of the system: nothing that a codec needs. It writes to files to say why it exits. */
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

/** What to tell of an error that left us without a codec. */
export function whyNoCodec(error: unknown, codec: 'encoder' | 'decoder'): string {
  if (error instanceof PackageError) return error.message;
  return `no memory for another Opus ${codec}. Call free() on those that are no longer used, as soon as their stream ends`;
}
