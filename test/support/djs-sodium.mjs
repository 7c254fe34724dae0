/**
 * Import this before `@discordjs/voice`: it hides `libsodium-wrappers` from that package only.
 *
 * djs 0.19.2 takes the first XChaCha20 library that it can import. The ES module of libsodium-wrappers 0.8 can be imported, but
 * has the cipher on its default export only, where djs does not look: its first packet is then an uncaught TypeError. Without
 * that library, djs falls back to `@noble/ciphers`.
 */
import { register } from 'node:module';

const hook = `
  export async function resolve(specifier, context, next) {
    if (specifier !== 'libsodium-wrappers' || !context.parentURL?.includes('/@discordjs/voice/')) return next(specifier, context);
    throw Object.assign(new Error('hidden'), { code: 'ERR_MODULE_NOT_FOUND' });
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
