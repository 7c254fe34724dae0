import { Observable } from 'rxjs';
import { control$, type Control } from '../../src/driver/connection/control.js';
import type { WireMessage } from '../../src/protocol/frames.js';

/** Runs a stage over a voice gateway that sends `messages$`. Stays subscribed to them as long as the stage runs. */
export function controlOf<T>(
  messages$: Observable<WireMessage>,
  stage: (control: Control, sent: WireMessage[]) => Observable<T>,
): Observable<T> {
  return new Observable((subscriber) => {
    const sent: WireMessage[] = [];
    const socket = { messages$, send: (message: WireMessage) => void sent.push(message), drop: () => undefined };
    subscriber.add(
      control$(socket).subscribe({
        next: (control) => subscriber.add(stage(control, sent).subscribe(subscriber)),
        error: (error: unknown) => subscriber.error(error),
      }),
    );
  });
}
