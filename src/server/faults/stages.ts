/** The points of a connection at which a fault can act. */

/** What can be held back: the answer to the HTTP upgrade (`socket`), and messages of the server. */
export type WithheldStage = 'socket' | AnnouncedMessage;

/** Messages of the server after which a socket can be closed. */
export type AnnouncedMessage = 'hello' | 'ready' | 'description' | 'resumed';

/**
 * The points at which a connection can be ended:
 *
 * - `socket`: the HTTP upgrade is answered with a status, 400 to 599, in place of a WebSocket
 * - `hello`: no Hello
 * - `identify`: the Identify is refused, its token stays valid
 * - `ready`: the Identify is accepted, which uses up its token, but no Ready is sent
 * - `discovery`: no reply to an IP discovery
 * - `select`: the Select Protocol is refused
 * - `description`: no Session Description
 * - `dave`: the connection ends in place of handling the client's key package, opcode 26
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
