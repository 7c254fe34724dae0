/** An adapter for `libopus-wasm`: a newer libopus as WebAssembly, whose codecs are created asynchronously. */
import { count, fields, type Check } from '../../../checks/check.js';
import type { OpusFrame } from '../../../types.js';
import { OpusDecoderError, OpusEncoderError } from '../../errors.js';
import type { OpusCodec, OpusPacketEncoder } from '../codec.js';
import { encoderRequests, opusEncoding, requireFrameLength, type OpusEncoding } from '../encoder-options.js';
import { APPLICATIONS, SET } from '../libopus.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { soundLoss, soundPacket } from '../sound-packet.js';
import { attempt, type OpusLibrary } from './library.js';
import { Stock } from './stock.js';

/** The part of the module that is used. */
export interface LibopusWasmModule {
  createDecoder(): Promise<{
    decode(packet: Uint8Array, options?: { decodeFec?: boolean; frameSize?: number }): Int16Array;
    decodePacketLoss(samples: number): Int16Array;
    free(): void;
  }>;
  createEncoder(): Promise<{
    encode(pcm: Int16Array, options: { frameSize: number }): Uint8Array;
    encoderCtl(request: number, value: number): void;
    free(): void;
  }>;
}

type DecoderHandle = Awaited<ReturnType<LibopusWasmModule['createDecoder']>>;
type EncoderHandle = Awaited<ReturnType<LibopusWasmModule['createEncoder']>>;

/** How many codecs `libopusWasm` keeps ready. */
export interface LibopusWasmOptions {
  /** Decoders, of 27 KB each. Default 64. */
  readonly decoders?: number;
  /** Encoders, of 48 KB each. Default 8. */
  readonly encoders?: number;
}

const CODECS = count('a whole number from 1 to 4096', 1, 4_096);
const checkOptions = fields({ decoders: CODECS, encoders: CODECS } satisfies Readonly<Record<keyof LibopusWasmOptions, Check>>);

/**
 * Opus by `libopus-wasm`. It creates codecs asynchronously, but rxvoice needs them synchronously: so some are kept ready, and each one
 * that is taken is replaced in the next turns of the event loop. If more are needed at once than are ready, the error says so.
 *
 * ```ts
 * const { decoder, encoder } = await libopusWasm(module); // all that 'libopus-wasm' exports
 * ```
 *
 * @throws VoiceOptionsError for an unknown option, or one that is out of range; an error of the module is a rejection
 */
export async function libopusWasm(module: LibopusWasmModule, options: LibopusWasmOptions = {}): Promise<OpusLibrary> {
  checkOptions('', options);
  const { decoders = 64, encoders = 8 } = options;
  const [decoderStock, encoderStock] = [new Stock(() => module.createDecoder()), new Stock(() => module.createEncoder())];
  await Promise.all([decoderStock.fill(decoders), encoderStock.fill(encoders)]);
  return {
    decoder: () => {
      const handle = decoderStock.take();
      if (handle !== undefined) return decoderOf(handle);
      throw new OpusDecoderError(`no decoder of libopus-wasm is ready: raise the option decoders, which is ${decoders}`);
    },
    encoder: (given) => {
      const encoding = opusEncoding(given);
      const handle = encoderStock.take();
      if (handle !== undefined) return encoderOf(handle, encoding);
      throw new OpusEncoderError(`no encoder of libopus-wasm is ready: raise the option encoders, which is ${encoders}`);
    },
  };
}

function decoderOf(handle: DecoderHandle): OpusCodec {
  const run = (decode: () => Int16Array): Int16Array => attempt(decode, OpusDecoderError, 'libopus-wasm refuses this packet');
  return {
    decode: (frame) => run(() => handle.decode(soundPacket(frame))),
    conceal: (samples) => run(() => handle.decodePacketLoss(soundLoss(samples))),
    decodeFec: (next: OpusFrame, samples) => run(() => handle.decode(soundPacket(next), { decodeFec: true, frameSize: soundLoss(samples) })),
    free: () => handle.free(),
  };
}

function encoderOf(handle: EncoderHandle, encoding: OpusEncoding): OpusPacketEncoder {
  handle.encoderCtl(SET.application, APPLICATIONS[encoding.application]);
  for (const [request, value] of encoderRequests(encoding)) handle.encoderCtl(request, value);
  return {
    encode(pcm) {
      requireFrameLength(pcm.length, encoding);
      return attempt(() => handle.encode(pcm, { frameSize: pcm.length / CHANNELS }), OpusEncoderError, 'libopus-wasm does not encode this');
    },
    free: () => handle.free(),
  };
}
