/** Errors of a simulated member. */

/**
 * - `may-not`: Discord would refuse it: no permission, a full channel, no such channel
 * - `outside`: the member is not in a voice channel, or was removed from it
 * - `no-command`: the bot has not registered such a command (yet)
 * - `bad-line`: the command has no such option, or its value is invalid; Discord's own client would not send it
 * - `no-answer`: the bot has not answered in time, or not with a message
 */
export type MemberTrouble = 'may-not' | 'outside' | 'no-command' | 'bad-line' | 'no-answer';

/** A simulated member of `startDiscord()` could not do what it was told to: the message says why. It is not a failure of a voice session. */
export interface MemberError extends Error {
  readonly trouble: MemberTrouble;
}

/** Makes a MemberError. */
export function memberError(trouble: MemberTrouble, message: string): MemberError {
  return Object.assign(new Error(message), { name: 'MemberError', trouble });
}

/** Whether a thrown value is a MemberError. */
export function isMemberError(error: unknown): error is MemberError {
  return error instanceof Error && error.name === 'MemberError' && 'trouble' in error;
}
