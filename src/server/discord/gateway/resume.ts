/** Resume: a session continues. */
import { field } from '../../../protocol/payloads.js';
import type { ShardSocket } from './context.js';
import { isToken } from './identify.js';

/** Opcode 9: the session is invalid; with `true` it can still be resumed. */
export const INVALID_SESSION = 9;

/** Opcode 6. */
export function onResume(connection: ShardSocket, d: unknown): void {
  const { sessions, token } = connection.context;
  if (connection.session !== undefined) return connection.refuse('already authenticated');
  const [id, seq] = [field(d, 'session_id'), field(d, 'seq')];
  if (typeof field(d, 'token') !== 'string' || typeof id !== 'string') return connection.refuse('decode error');
  if (!isToken(field(d, 'token'), token)) return connection.refuse('authentication failed');
  const session = sessions.find(id);
  if (session === undefined) return connection.sendOp(INVALID_SESSION, false);
  if (typeof seq !== 'number' || seq > session.sequence) return connection.refuse('invalid seq');
  const missed = session.after(seq);
  if (missed === undefined) return connection.sendOp(INVALID_SESSION, false);
  connection.session = session;
  sessions.resume(session, connection, missed);
}
