/** Whether an Identify or a Resume is accepted: the rules on tokens, session ids and end-to-end encryption, by the name of the broken rule. */
import type { RefusalName } from '../rules/refusals.js';
import type { Membership } from '../sessions/directory.js';
import type { Region } from '../sessions/region.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { IdentifyPayload, ResumePayload } from './client-payloads.js';
import type { ControlContext } from './context.js';

/** The membership that an Identify belongs to in a region, or the rule that refuses it. */
export function admitIdentify(
  { guildId, userId, token, sessionId, maxDaveVersion }: IdentifyPayload,
  region: Region,
  { settings, directory, registry, regions }: ControlContext,
): Membership | RefusalName {
  const membership = directory.find(guildId, userId);
  const encrypted = settings.daveVersion > 0 && !(membership !== undefined && directory.isStage(membership.channelId));
  if (encrypted && maxDaveVersion === 0 && settings.withoutDave === 'refuse') return 'without-dave';
  if (regions.of(guildId) !== region) return 'elsewhere';
  if (membership === undefined || membership.token !== token) return 'wrong-token';
  if (membership.sessionId !== sessionId) return 'wrong-session';
  if (!membership.tokenUsed) return membership;
  // A token is good for one session: a second Identify may replace that session while it waits for a Resume, but not take over a connected session.
  // Whether it may restart an ended session is a setting.
  const session = registry.withToken(token);
  if (session === undefined) return settings.tokenReuse === 'accept' ? membership : 'spent-token';
  return session.link === undefined ? membership : 'living-session';
}

/** The session to resume in a region, or the rule that refuses it. */
export function admitResume(
  { guildId, token, sessionId }: ResumePayload,
  region: Region,
  { registry }: ControlContext,
): VoiceSession | RefusalName {
  const session = registry.withToken(token);
  if (session?.guildId !== guildId || session.sessionId !== sessionId || session.region !== region)
    return 'no-session';
  // The token was replaced by a newer VOICE_SERVER_UPDATE.
  return session.membership.token === token ? session : 'no-session';
}
