/** The Opus libraries that are compared: each as a decoder factory and an encoder factory, or undefined where it does not load. */
import { createRequire } from 'node:module';
import { createOpusDecoder, createOpusEncoder, discordjsOpus, evanOpus, libopusWasm, mediaplexOpus } from '../../../dist/audio/index.js';

const require = createRequire(import.meta.url);

/** opusscript's own class. It has one memory for all, and writes into that of others; with one codec of it alive it is right. */
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

/** Its WebAssembly build with a memory for each codec, as rxvoice had it. */
function opusscriptBuild(createModule) {
  return {
    decoder: () => {
      const module = createModule();
      const handler = new module.OpusScriptHandler(48_000, 2, 2049);
      const [packet, out] = [module._malloc(8_000), module._malloc(2_880 * 8)];
      const decode = (frame) => {
        module.HEAPU8.set(frame, packet);
        const samples = handler._decode(packet, frame.length, out);
        // Its own buffer has room for 60 ms.
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
