/** `rxvoice/testing`: doubles for marble tests, in virtual time and without sockets. */
export { VIRTUAL_IDS, virtualVoice, voiceState } from './virtual-voice.js';
export type { VirtualFrame, VirtualSilence, VirtualVoice, VirtualVoiceOptions } from './virtual-world.js';
export type { VirtualSpeech } from './virtual-members.js';
export { testFrame, testFrames } from './test-frames.js';
export type { VirtualPacket } from './packet-reader.js';
