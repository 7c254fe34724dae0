/** The header extensions of a packet as plain data. All possible results are made once, so a packet allocates nothing. */
import { SpeakingFlags, type AudioLevel } from '../../types.js';

const VOICE = 0x80;
const PRIORITY = 1;
const MICROPHONE = 2;
const SOUNDSHARE = 4;

const LEVELS: readonly AudioLevel[] = Array.from({ length: 256 }, (_, byte) =>
  Object.freeze({ voice: (byte & VOICE) !== 0, level: byte & 0x7f }),
);

/** The data byte of extension 1. RFC 6464 section 3. */
export function audioLevel(byte: number): AudioLevel {
  return LEVELS[byte & 0xff]!;
}

/**
 * Converts the data byte of extension 9 to the flags of opcode 5, which uses different bits. If no bit is set, it means microphone; priority
 * implies microphone.
 */
export function extensionFlags(byte: number): SpeakingFlags {
  const flags =
    ((byte & MICROPHONE) === 0 ? 0 : SpeakingFlags.Microphone) |
    ((byte & SOUNDSHARE) === 0 ? 0 : SpeakingFlags.Soundshare) |
    ((byte & PRIORITY) === 0 ? 0 : SpeakingFlags.Priority);
  return flags === 0 || (byte & PRIORITY) !== 0 ? flags | SpeakingFlags.Microphone : flags;
}
