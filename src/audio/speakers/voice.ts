/** Whether somebody speaks in a packet, without decoding it. */
import { isSilenceFrame } from '../../protocol/silence.js';
import type { VoicePacket } from '../../types.js';

/** A packet louder than this is speech, even when its sender's client does not say so; -dBov. */
export const VOICE_LEVEL = 40;

/**
 * Voice is what the sender's client calls so, or what is loud enough, by RTP header extension 1; without it, every packet but the
 * silence frame.
 */
export function isVoice({ audioLevel, frame }: VoicePacket, levelThreshold = VOICE_LEVEL): boolean {
  if (isSilenceFrame(frame)) return false;
  return audioLevel === null || audioLevel.voice || audioLevel.level < levelThreshold;
}
