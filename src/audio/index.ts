/** `rxvoice/audio`: frame sources and codecs. */
export type { ByteInput } from './bytes/byte-source.js';
export { FfmpegError, MediaFormatError, MediaSourceError, OpusDecoderError, OpusEncoderError } from './errors.js';
export { source, type AnySource, type SeekableSource, type StreamSource } from './sources/source.js';
export { pcm, type PcmSourceOptions } from './sources/pcm.js';
export { desk, type Desk } from './desk/desk.js';
export type { DeskCommand, TrackCommand } from './desk/commands.js';
export type { DeskFact, DeskNews, TrackEnd, TrackPlace, TrackState } from './desk/facts.js';
export type { TrackHandle } from './desk/handle.js';
export type { SoundIterable } from './desk/media/iterable-media.js';
export type { TrackSource } from './desk/media/media-of.js';
export type { DeskOptions, Ducking, LoopCount, TrackOptions } from './desk/options.js';
export { probe, type MediaInfo } from './sources/probe.js';
export type { FrameIterator } from './sources/frame-iterator.js';
export type { LoudnessGains } from './steps/loudness/gains.js';
export type { RepeatableInput, SourceInput, StreamInput, WebStream } from './sources/input/input.js';
export type { SourceDamage, SourceOptions } from './sources/options.js';
export type { PcmFormat } from './pcm/converter.js';
export type { SampleFormat } from './pcm/samples.js';
export { Resampler } from './pcm/resampler.js';
export type { OggDamage } from './ogg/opus-streams.js';
export { oggOpus, type OggOpusOptions } from './ogg/ogg-opus.js';
export { OggOpusWriter, type OggOpusWriterOptions } from './ogg/opus-writer.js';
export { createOpusDecoder, type OpusDecoder } from './opus/decoder.js';
export type { OpusCodec, OpusDecoderFactory, OpusEncoderFactory, OpusPacketEncoder } from './opus/codec.js';
export { createOpusEncoder, type OpusEncoder } from './opus/encoder.js';
export type { OpusApplication, OpusEncoderOptions, OpusFrameDuration, OpusSignal } from './opus/encoder-options.js';
export { discordjsOpus, mediaplexOpus, type DiscordjsOpusModule, type MediaplexModule, type NativeOpus } from './opus/libraries/discordjs.js';
export { evanOpus, type EvanOpusModule } from './opus/libraries/evan.js';
export { libopusWasm, type LibopusWasmModule, type LibopusWasmOptions } from './opus/libraries/libopus-wasm.js';
export type { OpusLibrary } from './opus/libraries/library.js';
export type { AlignedAudio, AudioBlock, MixedPcm, PcmFrame } from './pcm/pcm.js';
export { PcmDecoder, type DecodeOptions, type RefusedSpeaker } from './opus/pcm-decoder.js';
export type { PacketDamage } from './opus/speaker-decoder.js';
export { decodeOpus, decodeOpusFrames } from './opus/decode-opus.js';
export { SpeakerAlignment, type AlignOptions } from './speakers/alignment.js';
export { alignSpeakers, type AlignSpeakersOptions } from './speakers/align-speakers.js';
export { balance, channelMix, channels, type ChannelChoice, type ChannelMix } from './steps/channels.js';
export { encodeOpus, type EncodeOpusOptions } from './steps/encode-opus.js';
export { bassBoost, type BassBoostOptions } from './steps/filters/bass-boost.js';
export { distortion, type DistortionOptions } from './steps/filters/distortion.js';
export { EQUALIZER_BANDS, equalizer, type EqualizerBand } from './steps/filters/equalizer.js';
export { karaoke, type KaraokeOptions } from './steps/filters/karaoke.js';
export { rotation, tremolo, type RotationOptions, type TremoloOptions } from './steps/filters/modulation.js';
export { highPass, lowPass, type PassOptions } from './steps/filters/pass.js';
export { nightcore, timescale, type TimescaleOptions } from './steps/filters/timescale.js';
export { vibrato, type VibratoOptions } from './steps/filters/vibrato.js';
export { silence, tone, type SilenceOptions, type ToneOptions } from './steps/generate.js';
export { db } from './steps/level/decibels.js';
export { fadeIn, fadeOut, type FadeOutMoment } from './steps/level/fade.js';
export { levels, meter, type PcmLevel, type StereoLevel } from './steps/level/levels.js';
export { limiter, type LimiterOptions } from './steps/level/limiter.js';
export { volume, type VolumeOptions } from './steps/level/volume.js';
export { gainTo, type GainToOptions } from './steps/loudness/gain-to.js';
export { loudness, type Loudness } from './steps/loudness/loudness.js';
export type { PcmOperator, PcmPiece } from './steps/piece.js';
export type { Live } from './steps/live.js';
export { resample } from './steps/resample.js';
export { chain, pcmFilter, type PcmFilter, type PcmStep } from './steps/step.js';
export { switchFilter } from './steps/switch-filter.js';
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
