/** The constants of time and silence on a voice connection. Source: Discord docs, Voice Connections, "Voice Data Interpolation". */

/** The RTP clock runs at 48 kHz whatever the coded bandwidth (RFC 7587 section 4.1). */
export const SAMPLES_PER_MS = 48;
/** The usual frame: 20 ms. */
export const FRAME_MS = 20;
/** Samples of the usual frame: 20 ms × 48. */
export const SAMPLES_PER_FRAME = FRAME_MS * SAMPLES_PER_MS;
/** Silence frames sent when the audio stops, so that the listeners' decoders do not interpolate over the end. */
export const SILENCE_FRAMES = 5;
/** One 20 ms frame of Opus silence. The one frame that DAVE lets through in the clear. */
export const SILENCE_FRAME: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);

/** Whether a frame is {@link SILENCE_FRAME}, with which a sender ends a talk spurt: it holds no sound. */
export function isSilenceFrame(frame: Uint8Array): boolean {
  return frame.length === 3 && frame[0] === 0xf8 && frame[1] === 0xff && frame[2] === 0xfe;
}
