/** `rxvoice/audio`: frame sources and codecs. */
export type { ByteInput } from './bytes/byte-source.js';
export { FfmpegError, MediaFormatError, MediaSourceError, OpusDecoderError, OpusEncoderError } from './errors.js';
export { source, type AnySource, type SeekableSource, type StreamSource } from './sources/source.js';
export { pcm, type PcmSourceOptions } from './sources/pcm.js';
export { probe, type MediaInfo } from './sources/probe.js';
export type { FrameIterator } from './sources/frame-iterator.js';
export type { LoudnessGains } from './sources/gain.js';
export type { RepeatableInput, SourceInput, StreamInput, WebStream } from './sources/input/input.js';
export type { SourceDamage, SourceOptions } from './sources/options.js';
export type { PcmFormat } from './pcm/converter.js';
export type { SampleFormat } from './pcm/samples.js';
export { Resampler } from './pcm/resampler.js';
export type { OggDamage } from './ogg/opus-streams.js';
export { oggOpus, type OggOpusOptions } from './ogg/ogg-opus.js';
export { OggOpusWriter, type OggOpusWriterOptions } from './ogg/opus-writer.js';
export { createOpusDecoder, type OpusDecoder } from './opus/decoder.js';
export type { OpusCodec, OpusDecoderFactory } from './opus/codec.js';
export { createOpusEncoder, type OpusEncoder, type OpusEncoderOptions } from './opus/encoder.js';
export type { OpusApplication } from './opus/heap.js';
export type { AlignedAudio, AudioBlock, MixedPcm, PcmFrame } from './pcm/pcm.js';
export { PcmDecoder, type DecodeOptions } from './opus/pcm-decoder.js';
export type { PacketDamage } from './opus/speaker-decoder.js';
export { decodeOpus, decodeOpusFrames } from './opus/decode-opus.js';
export { SpeakerAlignment, type AlignOptions } from './speakers/alignment.js';
export { alignSpeakers, type AlignSpeakersOptions } from './speakers/align-speakers.js';
export { mix, mixPcm, type MixOptions } from './pcm/mix.js';
export { downsample, Downsampler, type Downsampled, type DownsampleOptions, type DownsampleRate } from './pcm/downsample.js';
export { encodeWav, type WavOptions } from './pcm/wav.js';
export { WavWriter, type FileChunk, type WavWriterOptions } from './pcm/wav-writer.js';
export { directorySink, type DirectorySinkOptions } from './recorder/directory.js';
export type { OpenRecordingSink, RecordingSink } from './recorder/sink.js';
export type {
  DropReason,
  RecordedFile,
  RecordingCounts,
  RecordingEvent,
  RecordingKind,
  RecordingTarget,
  RecordOptions,
} from './recorder/events.js';
export { recordTo } from './recorder/record-to.js';
export { RecordingError } from './recorder/recording-error.js';
export { JitterBuffer } from './jitter/jitter-buffer.js';
export type { JitterBufferOptions, JitterCounts } from './jitter/options.js';
export type { JitterDelayOptions } from './jitter/delay.js';
export type { JitterEvent, LostPacket } from './jitter/event.js';
export { reorder, type ReorderOptions } from './jitter/reorder.js';
export { TalkSpurtDetector, type TalkSpurtDetectorOptions, type TalkSpurtStep } from './speakers/talk-spurt-detector.js';
export { talkSpurts, type TalkSpurt, type TalkSpurtOptions } from './speakers/talk-spurts.js';
export type { Place } from './timing/timeline.js';
export type { FrameInput } from '../frames/frame-input.js';
export type { FrameStream } from '../frames/frame-stream.js';
export { broadcast, type Broadcast, type BroadcastCounts, type BroadcastOptions } from './broadcast/broadcast.js';
export { gapless, preload, type GaplessOptions } from './playlist/gapless.js';
export { onDemand, type DemandOptions } from './playlist/on-demand.js';
export type { FrameOperator, FramesOrMaker } from './playlist/operator.js';
export { pausable, type PausableOptions } from './playlist/pausable.js';
export { repeated } from './playlist/repeated.js';
export { startAt } from './playlist/start-at.js';
