/** `rxvoice/testing`: tests of bots in virtual time, and the doubles for them, without sockets. */
export { voiceTest, type VoiceTestHelpers, type VoiceTestOptions } from './marbles/voice-test.js';
export { BotMistakeError, type BotMistake } from './rules/rule.js';
export { TimelineError } from './marbles/expectations.js';
export { virtualVoice } from './world/virtual-voice.js';
export { VIRTUAL_IDS, voiceState } from './world/voice-state.js';
export type { VirtualFrame, VirtualGuild, VirtualSilence, VirtualVoice, VirtualVoiceOptions } from './world/virtual-world.js';
export type { VirtualClient, VirtualSpeech } from './world/virtual-members.js';
export type { VirtualPacket } from './world/packet-reader.js';
export { frameName } from './world/deeds.js';
export { virtualSession, type VirtualSession, type VirtualSessionOptions } from './double/virtual-session.js';
export type { PlayOverlap } from './double/session-life.js';
export { fakeDave } from './dave/fake-dave.js';
export { testFrame, testFrames } from './test-frames.js';
