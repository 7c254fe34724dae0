/** AES-256-GCM of one packet, header ‖ text ‖ tag ‖ counter, as node:crypto does it: an object for each, and no bound to its length. */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { TAG_BYTES } from './packet-gcm.js';
import { copyCounter } from '../nonce-counter.js';

const CIPHER = 'aes-256-gcm';
/** One for all: to make the like for each packet costs. */
const OPTIONS = { authTagLength: TAG_BYTES };
/** Written anew for each packet, and by the counter alone: one serves every session, since a cipher copies it. */
const nonce = new Uint8Array(12);

/** Writes text and tag of a packet that has its header, of `clear` bytes, and its counter. */
export function sealByNode(key: KeyObject, packet: Uint8Array, clear: number, payload: Uint8Array): void {
  const tagAt = clear + payload.length;
  copyCounter(packet, tagAt + TAG_BYTES, nonce, 0);
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(packet.subarray(0, clear));
  cipher.update(payload).copy(packet, clear);
  cipher.final();
  cipher.getAuthTag().copy(packet, tagAt);
}

/** The text of a packet; undefined when it is not authentic. */
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
