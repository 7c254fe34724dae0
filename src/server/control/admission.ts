/** Whether an Identify or a Resume is let in: the rules on tokens, session ids and end-to-end encryption, as close codes. */
import { CloseCode } from '../../protocol/close-codes.js';
import type { Membership } from '../sessions/directory.js';
import type { Region } from '../sessions/region.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { IdentifyPayload, ResumePayload } from './client-payloads.js';
import type { ControlContext } from './context.js';

/** Who is identifying in a region, or the close code of the refusal. */
export function admitIdentify(
  { guildId, userId, token, sessionId, maxDaveVersion }: IdentifyPayload,
  region: Region,
  { settings, directory, registry, regions }: ControlContext,
): Membership | number {
  if (settings.daveVersion > 0 && maxDaveVersion === 0 && settings.withoutDave === 'refuse') return CloseCode.DaveRequired;
  if (regions.of(guildId) !== region) return CloseCode.ServerNotFound;
  const membership = directory.find(guildId, userId);
  if (membership === undefined || membership.token !== token) return CloseCode.AuthenticationFailed;
  if (membership.sessionId !== sessionId) return CloseCode.SessionInvalid;
  if (!membership.tokenUsed) return membership;
  // A token is good for one session: a second Identify may replace that session while it waits for a Resume, not steal a living
  // one, and not bring a dead one back.
  const session = registry.withToken(token);
  if (session === undefined) return CloseCode.AuthenticationFailed;
  return session.link === undefined ? membership : CloseCode.SessionInvalid;
}

/** The session to resume in a region, or the close code of the refusal. */
export function admitResume(
  { guildId, token, sessionId }: ResumePayload,
  region: Region,
  { registry }: ControlContext,
): VoiceSession | number {
  const session = registry.withToken(token);
  if (session?.guildId !== guildId || session.sessionId !== sessionId || session.region !== region)
    return CloseCode.SessionInvalid;
  // Superseded by a newer VOICE_SERVER_UPDATE.
  return session.membership.token === token ? session : CloseCode.SessionInvalid;
}
