/** Handles what a client sends, by its opcode. Source: Discord docs, Gateway Events, Send Events. */
import { parseExactJson } from '../../../protocol/exact-json.js';
import { field } from '../../../protocol/payloads.js';
import { readVoiceStateCommand } from '../../gateway/payloads.js';
import type { ShardSocket } from './context.js';
import { onIdentify } from './identify.js';
import { onMembersRequest } from './members-request.js';
import { onResume } from './resume.js';

/** Opcodes that clients may send. */
const OP = { heartbeat: 1, identify: 2, presence: 3, voiceState: 4, resume: 6, members: 8, soundboard: 31 } as const;
/** Opcode 11. */
const HEARTBEAT_ACK = 11;

/** @param text the whole message */
export function onPayload(connection: ShardSocket, text: string): void {
  const payload = parsed(text);
  const op = field(payload, 'op');
  const d = field(payload, 'd');
  if (typeof op !== 'number') return connection.refuse('decode error');
  if (op === OP.heartbeat) {
    connection.heard();
    if (!connection.context.faults.heartbeatsIgnored) connection.sendOp(HEARTBEAT_ACK, null);
  } else if (op === OP.identify) onIdentify(connection, d);
  else if (op === OP.resume) onResume(connection, d);
  else if (!(Object.values(OP) as readonly number[]).includes(op)) connection.refuse('unknown opcode');
  else if (connection.session === undefined) connection.refuse('not authenticated');
  else if (op === OP.voiceState) onVoiceState(connection, text);
  else if (op === OP.members) onMembersRequest(connection, d);
  // Presences are accepted but not shown to anybody; soundboard sounds do not exist here.
}

/** Reads the whole text again: ids in it may be numbers, which lose digits when parsed as such. */
function onVoiceState(connection: ShardSocket, text: string): void {
  const request = readVoiceStateCommand(text);
  if (request === undefined) connection.refuse('decode error');
  else connection.context.voice.command(request);
}

function parsed(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
