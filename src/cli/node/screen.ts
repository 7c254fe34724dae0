/** The state of a node, for people. */
import type { VoiceNodeState } from '../../nodes/index.js';
import type { Fact, Teller } from '../report.js';
import type { Output } from '../terminal/terminal.js';

/** A {@link VoiceNodeState}, as it changes. */
export interface NodeFact extends Fact, VoiceNodeState {
  readonly type: 'node';
}

export function nodeScreen(out: Output): Teller<NodeFact> {
  return { tell: ({ status, id, sessions }) => void out.write(`${status}${id === null ? '' : ` as ${id}`}, ${sessions} session${sessions === 1 ? '' : 's'}\n`) };
}
