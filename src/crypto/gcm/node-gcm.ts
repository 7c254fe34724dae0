/** AES-256-GCM of one packet, header ‖ text ‖ tag ‖ counter, with node:crypto: it makes an object for each packet, and has no length limit. */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { TAG_BYTES } from './packet-gcm.js';
import { copyCounter } from '../nonce-counter.js';

const CIPHER = 'aes-256-gcm';
/** Shared, because making such an object for each packet has a cost. */
const OPTIONS = { authTagLength: TAG_BYTES };
/** Only the counter in it is written, for each packet. A cipher copies it, so one serves all sessions. */
const nonce = new Uint8Array(12);

/** Writes text and tag into a packet that already has its header, of `clear` bytes, and its counter. */
export function sealByNode(key: KeyObject, packet: Uint8Array, clear: number, payload: Uint8Array): void {
  const tagAt = clear + payload.length;
  copyCounter(packet, tagAt + TAG_BYTES, nonce, 0);
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(packet.subarray(0, clear));
  cipher.update(payload).copy(packet, clear);
  cipher.final();
  cipher.getAuthTag().copy(packet, tagAt);
}

/** Returns the text of a packet; undefined if it is not authentic. */
export function openByNode(key: KeyObject, packet: Uint8Array, clear: number, tagAt: number): Uint8Array | undefined {
  copyCounter(packet, tagAt + TAG_BYTES, nonce, 0);
  const decipher = createDecipheriv(CIPHER, key, nonce, OPTIONS);
  decipher.setAAD(packet.subarray(0, clear));
  decipher.setAuthTag(packet.subarray(tagAt, tagAt + TAG_BYTES));
  const plain = decipher.update(packet.subarray(clear, tagAt));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plain;
}
