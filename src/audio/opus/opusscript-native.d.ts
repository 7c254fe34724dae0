/** The WebAssembly build inside `opusscript`, which ships no types for it: what rxvoice uses of it. */
declare module 'opusscript/build/opusscript_native_wasm.js' {
  export interface OpusHandler {
    /**
     * Samples a channel, or a negative libopus error. Each byte of PCM is written as one 16-bit number at `pcm`. With no bytes
     * at all it writes 120 ms, more than the limit it keeps otherwise.
     */
    _decode(packet: number, bytes: number, pcm: number): number;
    /** Bytes of the packet, or a negative libopus error. Each byte of PCM is read as one 16-bit number; `samples` are of one channel. */
    _encode(pcm: number, pcmBytes: number, packet: number, samples: number): number;
    /** 0, or a negative libopus error. Takes requests with one number only. */
    _encoder_ctl(request: number, value: number): number;
  }
  export interface OpusModule {
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    readonly OpusScriptHandler: {
      new (sampleRate: number, channels: number, application: number): OpusHandler;
      destroy_handler(handler: OpusHandler): void;
    };
  }
  /** Makes a module with a heap of its own (16 MiB of address space, of which 0.3 MB are touched), in about 2 ms. */
  export default function createModule(): OpusModule;
}
