/**
 * Voice gateway opcodes. Source: Discord docs, Opcodes and Status Codes, "Voice"; those marked (unofficial) are seen on the wire, and only the
 * community docs describe them.
 */
export const VoiceOp = {
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
  /** (unofficial) */
  Video: 12,
  ClientDisconnect: 13,
  /** (unofficial) */
  ClientFlags: 18,
  /** (unofficial) */
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
} as const;

/** Opcodes of the bot's main gateway that voice needs. */
export const GatewayOp = { Dispatch: 0, VoiceStateUpdate: 4 } as const;

/**
 * The voice gateway versions that a server may use. 8 adds `seq`, `seq_ack` and buffered resume; 9, which only the unofficial docs describe
 * (docs.discord.food), adds `channel_id` in Identify and Resume.
 */
export const GATEWAY_VERSIONS = [4, 5, 6, 7, 8, 9] as const;
/** A voice gateway version that rxvoice supports. */
export type VoiceGatewayVersion = (typeof GATEWAY_VERSIONS)[number];
/** The latest that Discord documents, and our default. */
export const LATEST_GATEWAY_VERSION: VoiceGatewayVersion = 8;
/** From this version on heartbeats carry `seq_ack` and a resume replays what was missed. */
export const BUFFERED_RESUME_VERSION = 8;
/** From this version on Identify and Resume name the channel. */
export const CHANNEL_VERSION = 9;
