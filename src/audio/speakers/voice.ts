/** Whether a packet contains speech, found without decoding it. */
import { isSilenceFrame } from '../../protocol/silence.js';
import type { VoicePacket } from '../../types.js';

/** A packet louder than this counts as speech, even if the sender's client does not flag it; -dBov. */
export const VOICE_LEVEL = 40;

/**
 * A packet is voice if the sender's client flags it as such, or if it is loud enough, by RTP header extension 1. Without that extension,
 * every packet is voice except the silence frame.
 */
export function isVoice({ audioLevel, frame }: VoicePacket, levelThreshold = VOICE_LEVEL): boolean {
  if (isSilenceFrame(frame)) return false;
  return audioLevel === null || audioLevel.voice || audioLevel.level < levelThreshold;
}
