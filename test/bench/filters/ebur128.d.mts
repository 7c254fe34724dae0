import type { Loudness } from '../../../src/audio/index.js';

export function ebur128(pcm: Int16Array, ffmpeg?: string): Loudness;
