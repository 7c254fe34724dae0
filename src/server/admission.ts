/** Whether an Identify or a Resume is let in: the rules on tokens and session ids, as close codes. */
import { CloseCode } from '../protocol/close-codes.js';
import type { IdentifyPayload, ResumePayload } from './client-payloads.js';
import type { Directory, Membership } from './directory.js';
import type { SessionRegistry } from './session-registry.js';
import type { VoiceSession } from './voice-session.js';

/** Who is identifying, or the close code of the refusal. */
export function admitIdentify(
  { guildId, userId, token, sessionId }: IdentifyPayload,
  directory: Directory,
  registry: SessionRegistry,
): Membership | number {
  const membership = directory.find(guildId, userId);
  if (membership === undefined || membership.token !== token) return CloseCode.AuthenticationFailed;
  if (membership.sessionId !== sessionId) return CloseCode.SessionInvalid;
  if (!membership.spent) return membership;
  // A token is good for one session: a second Identify may replace that session while it waits for a Resume, not steal a living
  // one, and not bring a dead one back.
  const session = registry.withToken(token);
  if (session === undefined) return CloseCode.AuthenticationFailed;
  return session.link === undefined ? membership : CloseCode.SessionInvalid;
}

/** The session to resume, or the close code of the refusal. */
export function admitResume(
  { guildId, token, sessionId }: ResumePayload,
  registry: SessionRegistry,
): VoiceSession | number {
  const session = registry.withToken(token);
  if (session === undefined || session.guildId !== guildId || session.sessionId !== sessionId)
    return CloseCode.SessionInvalid;
  // Superseded by a newer VOICE_SERVER_UPDATE.
  return session.membership.token === token ? session : CloseCode.SessionInvalid;
}
