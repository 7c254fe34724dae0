/** A voice WebSocket without a network: the client's end, as the driver opens it. */
import { Observable, Subject } from 'rxjs';
import type { VoiceSocket } from '../../driver/ports.js';
import { VoiceSocketClosedError } from '../../errors.js';
import { encodeJsonFrame, parseJsonFrame, type WireMessage } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import type { VirtualFrame } from './virtual-world.js';
import type { World } from './world.js';

/** The server's end. Messages on a closed socket are lost. */
export interface ServerSocket {
  say(message: WireMessage): void;
  close(code: number): void;
}

/** The seat that the socket belongs to. */
export interface SocketSeat {
  opened(socket: ServerSocket): void;
  closed(socket: ServerSocket): void;
  frame(frame: VirtualFrame, socket: ServerSocket): void;
  binary(message: Uint8Array): void;
  /** Notes that a socket was opened or closed. */
  sockets(event: string): void;
}

/** Opens after a round trip, and sends Hello. `seatOf` finds its seat, by the first frame if that has the guild. */
export function virtualSocket$(world: World, seatOf: (first?: VirtualFrame) => SocketSeat): Observable<VoiceSocket> {
  return new Observable((subscriber) => {
    const messages$ = new Subject<WireMessage>();
    const socket: ServerSocket = {
      say: (message) => {
        if (!subscriber.closed) messages$.next(message);
      },
      close: (code) => subscriber.error(new VoiceSocketClosedError(code)),
    };
    let seat = seatOf();
    seat.sockets('socket+');
    const receive = (message: WireMessage): void => {
      if (subscriber.closed) return;
      const frame = typeof message === 'string' ? parseJsonFrame(message) : undefined;
      if (frame?.op === VoiceOp.Identify || frame?.op === VoiceOp.Resume) {
        seat = seatOf(frame);
        seat.opened(socket);
      }
      if (frame !== undefined) seat.frame({ op: frame.op, d: frame.d }, socket);
      else if (typeof message !== 'string') seat.binary(message);
    };
    subscriber.add(
      world.later('open', 1, () => {
        seat.opened(socket);
        subscriber.next({ messages$, send: receive, drop: socket.close });
        world.later('hello', 0, () => socket.say(encodeJsonFrame(VoiceOp.Hello, { heartbeat_interval: world.heartbeatInterval, v: world.version })));
      }),
    );
    subscriber.add(() => {
      seat.closed(socket);
      seat.sockets('socket-');
    });
  });
}
