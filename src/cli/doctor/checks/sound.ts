/** What is needed to turn users' files into sound. */
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { createOpusDecoder } from '../../../audio/opus/decoder.js';
import { createOpusEncoder } from '../../../audio/opus/encoder.js';
import { findFfmpeg } from '../../../audio/ffmpeg/find.js';
import { bad, ok, saidBy, warn, type Check, type Finding } from '../check.js';
import { versionOf } from './packages.js';

/** 20 ms at 48 kHz, left and right. */
const FRAME_SAMPLES = 1_920;
const FRAMES = 50;
/** Frames until the WebAssembly runs at full speed. */
const WARM_UP = 10;
/** 440 Hz, as loud as speech. */
const TONE = Int16Array.from({ length: FRAME_SAMPLES }, (_, i) => Math.round(8_000 * Math.sin((2 * Math.PI * 440 * (i >> 1)) / 48_000)));
/** Codecs that a user may use in place of ours. */
const OTHERS = ['@discordjs/opus', 'mediaplex', 'libopus-wasm'] as const;
const VERSION_MS = 20_000;

/** Encodes and decodes a tone. The duration is reported, because it is most of a mixer's work. */
export const opus: Check = {
  name: 'Opus codec',
  run(): Finding {
    try {
      const encoder = createOpusEncoder();
      const decoder = createOpusDecoder();
      let begin = 0;
      let heard: Int16Array = new Int16Array();
      for (let frame = 0; frame < WARM_UP + FRAMES; frame++) {
        if (frame === WARM_UP) begin = performance.now();
        heard = decoder.decode(encoder.encode(TONE));
      }
      const each = (performance.now() - begin) / FRAMES;
      const loudest = heard.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      encoder.free();
      decoder.free?.();
      if (loudest < 4_000) return bad('@evan/opus does not give back the tone that it was given', 'npm install @evan/opus@1');
      const others = OTHERS.filter((name) => versionOf(name, import.meta.url) !== undefined);
      const more = others.length > 0 ? `; also installed: ${others.join(', ')}` : '';
      return ok(`@evan/opus, ${each.toFixed(2)} ms to encode and decode 20 ms${more}`);
    } catch (error) {
      return bad(saidBy(error), 'npm install @evan/opus: what is not Opus already cannot be played, and nothing be decoded');
    }
  },
};

/** @param path the ffmpeg to use; undefined searches for it */
export function ffmpeg(path?: string): Check {
  return {
    name: 'ffmpeg',
    async run(): Promise<Finding> {
      try {
        const found = await findFfmpeg(path);
        const told = `${await ffmpegVersion(found.path)} (${withoutHome(found.path)})`;
        if (found.libopus) return ok(`${told}, encodes Opus`);
        return warn(`${told}, without libopus`, 'it decodes, and rxvoice encodes, on the event loop: a build with libopus spares that');
      } catch (error) {
        return warn(
          path === undefined ? 'not found' : saidBy(error),
          'install it (apt-get install ffmpeg, brew install ffmpeg, winget install ffmpeg) or add the package ffmpeg-static: ' +
            'MP3, AAC, FLAC and video need it; Opus in Ogg, WebM and MP4, and WAV, do not',
        );
      }
    },
  };
}

function ffmpegVersion(path: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(path, ['-version'], { timeout: VERSION_MS, windowsHide: true }, (_, stdout) =>
      resolve(/^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'of an unknown version'),
    );
  });
}

/** Hides the home folder, because it has the user's name. */
export function withoutHome(path: string, home = homedir()): string {
  return home !== '' && home !== '/' && path.startsWith(home) ? `~${path.slice(home.length)}` : path;
}
