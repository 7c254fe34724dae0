/**
 * The names of the transport encryption modes. The ciphers are in `crypto/`, not in `protocol/`. Source: Discord docs, Voice Connections, "Transport
 * Encryption and Sending Voice".
 */

/**
 * The two modes that Discord supports today, then the xsalsa20 family, which Discord retired in November 2024 and self-hosted servers still offer.
 */
export const ENCRYPTION_MODES = [
  'aead_xchacha20_poly1305_rtpsize',
  'aead_aes256_gcm_rtpsize',
  'xsalsa20_poly1305_lite',
  'xsalsa20_poly1305_suffix',
  'xsalsa20_poly1305',
] as const;

/** A transport encryption mode that rxvoice supports. */
export type EncryptionMode = (typeof ENCRYPTION_MODES)[number];

/** The length of a transport key (`secret_key` of opcode 4) in bytes, in every mode. */
export const SECRET_KEY_BYTES = 32;

/** In the rtpsize modes the CSRC list and the extension preamble are part of the clear, authenticated header. */
export function isRtpSizeMode(mode: EncryptionMode): boolean {
  return mode.endsWith('_rtpsize');
}

export function isEncryptionMode(name: unknown): name is EncryptionMode {
  return (ENCRYPTION_MODES as readonly unknown[]).includes(name);
}

/** The first of `preferred` that the server offers; undefined when they have none in common. The server's order is ignored. */
export function pickMode(offered: readonly string[], preferred: readonly EncryptionMode[]): EncryptionMode | undefined {
  return preferred.find((mode) => offered.includes(mode));
}
