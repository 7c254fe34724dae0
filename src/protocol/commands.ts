/** What a client sends, one builder per opcode: plain functions from values to text. Source: Discord docs, Voice Connections. */
import { encodeJsonFrame } from './frames.js';
import { BUFFERED_RESUME_VERSION, CHANNEL_VERSION, GatewayOp, LATEST_GATEWAY_VERSION, VoiceOp, type VoiceGatewayVersion } from './opcodes.js';
import type { DiscoveredAddress } from './discovery.js';
import type { EncryptionMode } from './encryption-modes.js';

/** Opcode 4 of the bot's main gateway. A null channel leaves. */
export interface VoiceStateCommand {
  readonly op: 4;
  readonly d: {
    readonly guild_id: string;
    readonly channel_id: string | null;
    readonly self_mute: boolean;
    readonly self_deaf: boolean;
  };
}

export function voiceStateCommand(
  guildId: string,
  channelId: string | null,
  selfMute: boolean,
  selfDeaf: boolean,
): VoiceStateCommand {
  return {
    op: GatewayOp.VoiceStateUpdate,
    d: { guild_id: guildId, channel_id: channelId, self_mute: selfMute, self_deaf: selfDeaf },
  };
}

interface Credentials {
  readonly guildId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
  /** Sent from version 9 on. */
  readonly channelId?: string;
}

export function identify(server: Credentials, maxDaveVersion: number, version: VoiceGatewayVersion = LATEST_GATEWAY_VERSION): string {
  return encodeJsonFrame(VoiceOp.Identify, {
    server_id: server.guildId,
    ...channelOf(server, version),
    user_id: server.userId,
    session_id: server.sessionId,
    token: server.token,
    max_dave_protocol_version: maxDaveVersion,
  });
}

/** `seqAck` is the last sequence number seen, undefined for none; versions before 8 have no such field. */
export function resume(server: Credentials, version: VoiceGatewayVersion, seqAck: number | undefined): string {
  const base = { server_id: server.guildId, ...channelOf(server, version), session_id: server.sessionId, token: server.token };
  return encodeJsonFrame(
    VoiceOp.Resume,
    version >= BUFFERED_RESUME_VERSION ? { ...base, seq_ack: seqAck ?? -1 } : base,
  );
}

function channelOf({ channelId }: Credentials, version: VoiceGatewayVersion): { readonly channel_id?: string } {
  return version >= CHANNEL_VERSION && channelId !== undefined ? { channel_id: channelId } : {};
}

export function selectProtocol({ address, port }: DiscoveredAddress, mode: EncryptionMode): string {
  return encodeJsonFrame(VoiceOp.SelectProtocol, { protocol: 'udp', data: { address, port, mode } });
}

/** Before version 8 a heartbeat is a bare integer; from 8 on it acknowledges the last sequence number seen. */
export function heartbeat(version: VoiceGatewayVersion, t: number, seqAck: number | undefined): string {
  return encodeJsonFrame(
    VoiceOp.Heartbeat,
    version >= BUFFERED_RESUME_VERSION ? { t, seq_ack: seqAck ?? -1 } : t,
  );
}

export function speaking(flags: number, ssrc: number): string {
  return encodeJsonFrame(VoiceOp.Speaking, { speaking: flags, delay: 0, ssrc });
}
