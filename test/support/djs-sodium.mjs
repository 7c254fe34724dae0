/**
 * To be imported before `@discordjs/voice`: hides `libsodium-wrappers` from it, and from nothing else.
 *
 * djs 0.19.2 takes the first XChaCha20 library that it can import. The ES module of libsodium-wrappers 0.8 can be imported, but
 * names the cipher on its default export only, where djs does not look: its first packet is then an uncaught TypeError. Hidden
 * from djs, it falls back on `@noble/ciphers`.
 */
import { register } from 'node:module';

const hook = `
  export async function resolve(specifier, context, next) {
    if (specifier !== 'libsodium-wrappers' || !context.parentURL?.includes('/@discordjs/voice/')) return next(specifier, context);
    throw Object.assign(new Error('hidden'), { code: 'ERR_MODULE_NOT_FOUND' });
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
