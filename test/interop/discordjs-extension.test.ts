/** `@discordjs/voice` mistakes ciphertext that begins like an extension for one, so the embedded server sends it no such packet. */
import { VoiceReceiver } from '@discordjs/voice';
import { expect, it } from 'vitest';
import { createSeal } from '../../src/crypto/seal.js';
import { sealFor } from '../../src/server/media/outbound.js';
import type { VoiceSession } from '../../src/server/sessions/voice-session.js';

const MODE = 'aead_aes256_gcm_rtpsize';
const KEY = new Uint8Array(32).fill(7);
const PACKET = Buffer.from('807800010000000200000003fc0102', 'hex');
const CLEAR = 12;
/** With this key and nonce the ciphertext of the packet begins with `BE DE`. */
const UNLUCKY = 120_687;

const sealFrom = (counter: number) => createSeal(MODE, KEY, { counter, random: () => new Uint8Array(0) });
const sent = (counter: number, packet = PACKET, clear = CLEAR): Buffer =>
  Buffer.from(sealFor({ seal: sealFrom(counter) } as VoiceSession, packet, clear));
const nonceOf = (datagram: Buffer): number => datagram.readUInt32LE(datagram.length - 4);

interface Receiver {
  parsePacket(buffer: Buffer, mode: string, nonce: Buffer, secretKey: Uint8Array, userId: string): Buffer;
}

/** What `@discordjs/voice` makes of a datagram before it is in a call. */
function heard(datagram: Buffer): string {
  const receiver = Object.assign(Object.create(VoiceReceiver.prototype) as Receiver, {
    voiceConnection: { state: { status: 'signalling' } },
  });
  return receiver.parsePacket(datagram, MODE, Buffer.alloc(12), KEY, '1').toString('hex');
}

it('loses a packet whose ciphertext begins with the profile of an extension: else the server need not avoid it', () => {
  const datagram = Buffer.from(sealFrom(UNLUCKY).seal(PACKET.subarray(0, CLEAR), PACKET.subarray(CLEAR)));
  expect(datagram.toString('hex', CLEAR, CLEAR + 2)).toBe('bede');
  expect(heard(datagram)).toBe('');
});

it('hears it with the next nonce', () => {
  const datagram = sent(UNLUCKY);
  expect(nonceOf(datagram)).toBe(nonceOf(sent(UNLUCKY - 1)) + 2);
  expect(heard(datagram)).toBe('fc0102');
});

it.each([UNLUCKY - 1, UNLUCKY + 1, 0])('no nonce is left out elsewhere: %i', (counter) => {
  const datagram = sent(counter);
  expect(datagram).toEqual(Buffer.from(sealFrom(counter).seal(PACKET.subarray(0, CLEAR), PACKET.subarray(CLEAR))));
  expect(heard(datagram)).toBe('fc0102');
});

it('one that has an extension begins with its elements, whatever they are', () => {
  const extended = Buffer.from('907800010000000200000003bede000110aa0000fc0102', 'hex');
  expect(heard(sent(0, extended, 16))).toBe('fc0102');
});
