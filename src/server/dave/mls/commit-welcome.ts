/** Opcode 28: a commit and, where it adds somebody, a Welcome right behind it. */
import type { Read } from '../../../protocol/payloads.js';
import { readCommit, type Commit } from './commit.js';
import { decode } from './tls-codec.js';
import { readWelcome, type Welcome } from './welcome.js';

/** What a member made of a batch of proposals. */
export interface CommitWelcome {
  readonly commit: Commit;
  readonly welcome: Welcome | undefined;
}

/** `MLSMessage(commit) ‖ [Welcome]`, as views into the body; a text that says what is wrong with it. */
export function readCommitWelcome(body: Uint8Array): Read<CommitWelcome> {
  return decode(body, (reader) => {
    const commit = readCommit(reader);
    return { commit, welcome: reader.remaining > 0 ? readWelcome(reader) : undefined };
  });
}
