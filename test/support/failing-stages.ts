/** Transports that close the WebSocket at a chosen stage of the flow instead of delivering the server's message. */
import { asyncScheduler, Observable, Subject, timer } from 'rxjs';
import type { Transports, VoiceSocket } from '../../src/driver/ports.js';
import { VoiceSocketClosedError } from '../../src/errors.js';
import { encodeJsonFrame, parseJsonFrame, type WireMessage } from '../../src/protocol/frames.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';

/** Where a WebSocket may be lost: the stages of a connection and of a resume, and 100 ms after ready. */
export const FAILING_STAGES = ['socket', 'hello', 'ready', 'discovery', 'description', 'dave', 'resumed', 'playing'] as const;
export type FailingStage = (typeof FAILING_STAGES)[number];

/** The stage that each opcode marks. */
const STAGE_OF: Readonly<Record<number, FailingStage>> = {
  [VoiceOp.Hello]: 'hello',
  [VoiceOp.Ready]: 'ready',
  [VoiceOp.SessionDescription]: 'description',
  [VoiceOp.Resumed]: 'resumed',
};

/**
 * @param code called each time a stage is reached; returns the close code, or undefined to continue
 */
export function failingAt(transports: Transports, code: (stage: FailingStage) => number | undefined): Transports {
  return {
    ...transports,
    socket$: (...args) =>
      new Observable<VoiceSocket>((subscriber) => {
        const lose = (closeCode: number): void => subscriber.error(new VoiceSocketClosedError(closeCode));
        /** Closes `ms` after a message, before it is answered. */
        const loseAfter = (ms: number, stage: FailingStage): void => {
          const closeCode = code(stage);
          if (closeCode !== undefined) subscriber.add(timer(ms, asyncScheduler).subscribe(() => lose(closeCode)));
        };
        const refused = code('socket');
        if (refused !== undefined) {
          subscriber.add(timer(5, asyncScheduler).subscribe(() => lose(refused)));
          return;
        }
        subscriber.add(
          transports.socket$(...args).subscribe({
            next: (socket) => {
              const messages$ = new Subject<WireMessage>();
              subscriber.next({ messages$, send: (message) => socket.send(message), drop: (...how) => socket.drop(...how) });
              subscriber.add(
                socket.messages$.subscribe((message) => {
                  const frame = parseJsonFrame(message as string);
                  const stage = STAGE_OF[frame?.op ?? -1];
                  const closeCode = stage === undefined ? undefined : code(stage);
                  if (closeCode !== undefined) return lose(closeCode);
                  // Checked before the message is passed on, because that may already lead to the next stage.
                  if (frame?.op === VoiceOp.Ready) loseAfter(5, 'discovery');
                  if (frame?.op === VoiceOp.SessionDescription) {
                    const dave = code('dave');
                    if (dave !== undefined) {
                      // Another member is in the call, but the group is never created.
                      messages$.next(encodeJsonFrame(VoiceOp.ClientsConnect, { user_ids: ['77'] }, 1));
                      messages$.next(encodeJsonFrame(frame.op, { ...(frame.d as object), dave_protocol_version: 1 }));
                      subscriber.add(timer(5, asyncScheduler).subscribe(() => lose(dave)));
                      return;
                    }
                  }
                  if (frame?.op === VoiceOp.SessionDescription || frame?.op === VoiceOp.Resumed) loseAfter(100, 'playing');
                  messages$.next(message);
                }),
              );
            },
            error: (error: unknown) => subscriber.error(error),
          }),
        );
      }),
  };
}
