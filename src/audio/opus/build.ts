/** Finds the WebAssembly build inside `opusscript`, and says why when there is no codec to be had. */
import type createModule from 'opusscript/build/opusscript_native_wasm.js';
import { PackageError, requirePackage } from '../../runtime/require-package.js';

/**
 * The build: a function that makes modules. Required, and not imported: a bundle would leave its `.wasm` behind.
 *
 * @throws PackageError, which names the cure, where it is not installed
 */
export function opusBuild(): typeof createModule {
  return requirePackage('opusscript/build/opusscript_native_wasm.js') as typeof createModule;
}

/** What to tell of an error that left us without a codec. */
export function whyNoCodec(error: unknown, codec: 'encoder' | 'decoder'): string {
  if (error instanceof PackageError) return error.message;
  return `no memory for another Opus ${codec}. Call free() on those that are no longer used, as soon as their stream ends`;
}
