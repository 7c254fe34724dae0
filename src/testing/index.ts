/** `rxvoice/testing`: doubles for marble tests, in virtual time and without sockets. */
export {
  VIRTUAL_IDS,
  virtualVoice,
  voiceState,
  type VirtualFrame,
  type VirtualSilence,
  type VirtualVoice,
  type VirtualVoiceOptions,
} from './virtual-voice.js';
export { testFrame, testFrames } from './test-frames.js';
export type { VirtualPacket } from './packet-reader.js';
