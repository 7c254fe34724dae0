/** `rxvoice/audio`: frame sources and codecs. */
export type { ByteInput } from './byte-source.js';
export { MediaFormatError, OpusDecoderError } from './errors.js';
export type { OggDamage } from './ogg-opus-streams.js';
export { oggOpus, type OggOpusOptions } from './ogg.js';
export { createOpusDecoder, type OpusDecoder } from './opus-decoder.js';
export { encodeWav, type WavOptions } from './wav.js';
