import { describe, expect, it } from 'vitest';
import {
  BUFFERED_RESUME_VERSION,
  GATEWAY_VERSIONS,
  GatewayOp,
  LATEST_GATEWAY_VERSION,
  VoiceOp,
} from '../../../src/protocol/opcodes.js';

describe('VoiceOp', () => {
  it('has the numbers of the docs', () => {
    expect(VoiceOp).toEqual({
      Identify: 0,
      SelectProtocol: 1,
      Ready: 2,
      Heartbeat: 3,
      SessionDescription: 4,
      Speaking: 5,
      HeartbeatAck: 6,
      Resume: 7,
      Hello: 8,
      Resumed: 9,
      ClientsConnect: 11,
      Video: 12,
      ClientDisconnect: 13,
      ClientFlags: 18,
      ClientPlatform: 20,
      DavePrepareTransition: 21,
      DaveExecuteTransition: 22,
      DaveTransitionReady: 23,
      DavePrepareEpoch: 24,
      MlsExternalSender: 25,
      MlsKeyPackage: 26,
      MlsProposals: 27,
      MlsCommitWelcome: 28,
      MlsAnnounceCommit: 29,
      MlsWelcome: 30,
      MlsInvalidCommitWelcome: 31,
    });
  });

  it('has each number once', () => {
    const numbers = Object.values(VoiceOp);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe('the versions and the main gateway', () => {
  it('are those of the docs', () => {
    expect(GatewayOp).toEqual({ Dispatch: 0, VoiceStateUpdate: 4 });
    expect(GATEWAY_VERSIONS).toEqual([4, 5, 6, 7, 8, 9]);
    // The latest opcode that Discord documents.
    expect(LATEST_GATEWAY_VERSION).toBe(8);
    expect(BUFFERED_RESUME_VERSION).toBe(8);
  });
});
