/** The included song: 12 s of Ogg/Opus. */
import { fileURLToPath } from 'node:url';

export const SONG = fileURLToPath(new URL('../demo/song.opus', import.meta.url));
