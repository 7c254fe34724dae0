/** Whose audio it is. */
import type { Snowflake } from '../../types.js';

export interface Speaker {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
}

/** One key a file: the user, who keeps his file when he comes back with another SSRC; the SSRC while nobody has said whose it is. */
export function speakerKey({ userId, ssrc }: Speaker): string {
  return userId ?? `ssrc-${ssrc}`;
}
