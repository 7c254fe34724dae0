/** Opcode 28: a commit and, if it adds members, a Welcome directly after it. */
import type { Read } from '../../../protocol/payloads.js';
import { readCommit, type Commit } from './commit.js';
import { decode } from './tls-codec.js';
import { readWelcome, type Welcome } from './welcome.js';

/** A member's answer to a batch of proposals. */
export interface CommitWelcome {
  readonly commit: Commit;
  readonly welcome: Welcome | undefined;
}

/** `MLSMessage(commit) ‖ [Welcome]`, as views into the body. Returns a text if it is invalid. */
export function readCommitWelcome(body: Uint8Array): Read<CommitWelcome> {
  return decode(body, (reader) => {
    const commit = readCommit(reader);
    return { commit, welcome: reader.remaining > 0 ? readWelcome(reader) : undefined };
  });
}
