/** The points of a connection at which a fault can strike. */

/** What can be held back: the answer to the HTTP upgrade (`socket`), and messages of the server. */
export type WithheldStage = 'socket' | AnnouncedMessage;

/** Messages of the server that a socket can be closed right after. */
export type AnnouncedMessage = 'hello' | 'ready' | 'description' | 'resumed';

/**
 * Where a connection can be ended instead of going on:
 *
 * - `socket`: the HTTP upgrade is answered with a status, 400 to 599, in place of a WebSocket
 * - `hello`: no Hello
 * - `identify`: the Identify is refused, its token still good
 * - `ready`: the Identify is accepted, which uses its token up, but no Ready comes
 * - `discovery`: no reply to an IP discovery
 * - `select`: the Select Protocol is refused
 * - `description`: no Session Description
 * - `dave`: instead of going on with the client's key package, opcode 26
 * - `resume`: the Resume is refused
 */
export type RefusedStage =
  | 'socket'
  | 'hello'
  | 'identify'
  | 'ready'
  | 'discovery'
  | 'select'
  | 'description'
  | 'dave'
  | 'resume';
