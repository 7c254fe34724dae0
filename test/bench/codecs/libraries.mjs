/** The Opus libraries that are compared: each as a decoder factory and an encoder factory, or undefined if it does not load. */
import { createRequire } from 'node:module';
import { createOpusDecoder, createOpusEncoder, discordjsOpus, evanOpus, libopusWasm, mediaplexOpus } from '../../../dist/audio/index.js';

const require = createRequire(import.meta.url);

/** opusscript's own class. All its codecs share one memory and overwrite each other's data; it is correct with one codec alive. */
function opusscript(OpusScript) {
  const make = () => new OpusScript(48_000, 2, OpusScript.Application.AUDIO);
  return {
    decoder: () => {
      const codec = make();
      return { decode: (frame) => new Int16Array(Uint8Array.from(codec.decode(Buffer.from(frame))).buffer), free: () => codec.delete() };
    },
    encoder: ({ bitrate }) => {
      const codec = make();
      codec.setBitrate(bitrate);
      return { encode: (pcm) => Uint8Array.from(codec.encode(Buffer.from(pcm.buffer), pcm.length / 2)), free: () => codec.delete() };
    },
  };
}

/** opusscript's WebAssembly build with a separate memory for each codec, as rxvoice used it earlier. */
function opusscriptBuild(createModule) {
  return {
    decoder: () => {
      const module = createModule();
      const handler = new module.OpusScriptHandler(48_000, 2, 2049);
      const [packet, out] = [module._malloc(8_000), module._malloc(2_880 * 8)];
      const decode = (frame) => {
        module.HEAPU8.set(frame, packet);
        const samples = handler._decode(packet, frame.length, out);
        // The library's own buffer has room for 60 ms.
        if (samples < 0 || samples > 2_880) throw new Error(`${samples} samples`);
        const pcm = new Int16Array(samples * 2);
        for (let i = 0, at = out; i < pcm.length; i++, at += 4) pcm[i] = module.HEAPU8[at] | (module.HEAPU8[at + 2] << 8);
        return pcm;
      };
      return { decode };
    },
  };
}

export const LIBRARIES = [
  ['rxvoice (@evan/opus, WebAssembly, raw)', async () => ({ decoder: createOpusDecoder, encoder: createOpusEncoder })],
  ['opusscript 0.1, its class', async () => opusscript(require('opusscript'))],
  ['opusscript 0.1, a heap for each', async () => opusscriptBuild(require('opusscript/build/opusscript_native_wasm.js'))],
  ['@evan/opus 1.0, WebAssembly, its class', async () => evanOpus(require('@evan/opus/wasm/index.js'))],
  ['@evan/opus 1.0, native', async () => evanOpus(require('@evan/opus/node/index.js'))],
  ['libopus-wasm 0.4', async () => libopusWasm(await import('libopus-wasm'), { decoders: 210 })],
  ['mediaplex 1.0, native', async () => mediaplexOpus(require('mediaplex'))],
  ['@discordjs/opus 0.10, native', async () => discordjsOpus(require('@discordjs/opus'))],
];
