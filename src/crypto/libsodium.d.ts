/** The raw WebAssembly module behind libsodium-wrappers: the package ships no types. Only what `xchacha.ts` calls is declared. */
declare module 'libsodium' {
  export interface LibsodiumModule {
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    /** (c, clen_p, m, mlen_low, mlen_high, ad, adlen_low, adlen_high, nsec, npub, k) */
    _crypto_aead_xchacha20poly1305_ietf_encrypt(...args: readonly number[]): number;
    /** (m, mlen_p, nsec, c, clen_low, clen_high, ad, adlen_low, adlen_high, npub, k); not 0 when the tag is wrong */
    _crypto_aead_xchacha20poly1305_ietf_decrypt(...args: readonly number[]): number;
  }
  /** Its ESM build. */
  type Factory = () => Promise<LibsodiumModule>;
  /** Its CommonJS build: the module itself, empty until it is ready. */
  interface Loading extends LibsodiumModule {
    readonly ready: Promise<void>;
  }
  const libsodium: Factory | Loading;
  export default libsodium;
}
