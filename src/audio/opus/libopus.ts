/** The functions of libopus that rxvoice calls, as exported by the build in `@evan/opus`. Source: opus.h, opus_defines.h. */

/** Addresses and lengths are bytes in `memory`; `samples` are per channel; a negative result is a libopus error. */
export interface Libopus {
  /** It can grow; an earlier view of it is then empty. */
  readonly memory: { readonly buffer: ArrayBuffer };
  /** 0 if there is no more memory. */
  malloc(bytes: number): number;
  free(at: number): void;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(at: number, sampleRate: number, channels: number): number;
  /** Samples of the packet. `packet` 0 conceals this many `samples`; `fec` 1 decodes the copy of the `samples` before the packet. */
  opus_decode(at: number, packet: number, bytes: number, pcm: number, samples: number, fec: 0 | 1): number;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(at: number, sampleRate: number, channels: number, application: number): number;
  /** Bytes of the packet. */
  opus_encode(at: number, pcm: number, samples: number, packet: number, maxBytes: number): number;
  opus_encoder_ctl_set(at: number, request: number, value: number): number;
}

/** What an encoder is tuned for: the OPUS_APPLICATION constants. */
export const APPLICATIONS = { voip: 2048, audio: 2049, lowdelay: 2051 } as const;
/** The kind of sound that an encoder expects: OPUS_AUTO, and the OPUS_SIGNAL constants. */
export const SIGNALS = { auto: -1000, voice: 3001, music: 3002 } as const;
/** Requests of opus_encoder_ctl(). */
export const SET = { application: 4000, bitrate: 4002, complexity: 4010, fec: 4012, packetLoss: 4014, dtx: 4016, signal: 4024 } as const;
