/** Whether an Identify or a Resume is let in: the rules on tokens, session ids and end-to-end encryption, by the names of those that are broken. */
import type { RefusalName } from '../rules/refusals.js';
import type { Membership } from '../sessions/directory.js';
import type { Region } from '../sessions/region.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { IdentifyPayload, ResumePayload } from './client-payloads.js';
import type { ControlContext } from './context.js';

/** Who is identifying in a region, or why not. */
export function admitIdentify(
  { guildId, userId, token, sessionId, maxDaveVersion }: IdentifyPayload,
  region: Region,
  { settings, directory, registry, regions }: ControlContext,
): Membership | RefusalName {
  if (settings.daveVersion > 0 && maxDaveVersion === 0 && settings.withoutDave === 'refuse') return 'without-dave';
  if (regions.of(guildId) !== region) return 'elsewhere';
  const membership = directory.find(guildId, userId);
  if (membership === undefined || membership.token !== token) return 'wrong-token';
  if (membership.sessionId !== sessionId) return 'wrong-session';
  if (!membership.tokenUsed) return membership;
  // A token is good for one session: a second Identify may replace that session while it waits for a Resume, not steal a living
  // one. Whether it brings a dead one back is a setting.
  const session = registry.withToken(token);
  if (session === undefined) return settings.tokenReuse === 'accept' ? membership : 'spent-token';
  return session.link === undefined ? membership : 'living-session';
}

/** The session to resume in a region, or why there is none. */
export function admitResume(
  { guildId, token, sessionId }: ResumePayload,
  region: Region,
  { registry }: ControlContext,
): VoiceSession | RefusalName {
  const session = registry.withToken(token);
  if (session?.guildId !== guildId || session.sessionId !== sessionId || session.region !== region)
    return 'no-session';
  // Superseded by a newer VOICE_SERVER_UPDATE.
  return session.membership.token === token ? session : 'no-session';
}
