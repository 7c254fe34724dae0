/** Identify: a session begins. */
import { VoiceOp } from '../../protocol/opcodes.js';
import { LOOPBACK } from '../loopback.js';
import { admitIdentify } from './admission.js';
import type { IdentifyPayload } from './client-payloads.js';
import type { ControlConnection } from './connection.js';
import { codeOf, forcedRefusal, refuse, silentFor } from './refusal.js';

/** Opcode 0: creates a session with a new SSRC, and announces it and the others in the call to each other. */
export function onIdentify(connection: ControlConnection, payload: IdentifyPayload): void {
  const { settings, registry, faults, events } = connection.context;
  if (connection.authenticated) {
    connection.refuse('identified-twice');
    return;
  }
  if (silentFor(connection, payload.userId, () => onIdentify(connection, payload))) return;
  const admitted =
    forcedRefusal(connection, 'identify', payload.userId) ?? admitIdentify(payload, connection.region, connection.context);
  if (typeof admitted !== 'object') {
    const code = typeof admitted === 'number' ? admitted : codeOf(admitted, settings);
    refuse(connection, 'identify', code, payload.userId, payload.guildId);
    return;
  }
  admitted.tokenUsed = true;
  connection.authenticated = true;
  const session = registry.begin(admitted, connection, connection.region);
  connection.session = session;
  session.maxDaveVersion = payload.maxDaveVersion;
  session.client = settings.clients(payload.userId);
  const { maxDaveVersion, channelId } = payload;
  events.emit({ type: 'identify', ...connection.about, connection: connection.number, ssrc: session.ssrc, maxDaveVersion, channelId });
  if (connection.refusedAt('ready')) return;
  faults.stages.pass('ready', () => {
    session.send(VoiceOp.Ready, {
      ssrc: session.ssrc,
      ip: LOOPBACK,
      port: connection.region.udp.port,
      modes: settings.modes,
      // Clients should use the interval of Hello, but discordgo uses this one.
      heartbeat_interval: settings.heartbeatInterval,
    });
    registry.announce(session);
    connection.afterSending('ready');
  });
}
