/** Deadlines of the flow's stages, and what usually is behind a stage that does not end. */
import { Observable, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { VoiceTimeoutError } from '../../errors.js';
import { operate } from '../../operate.js';
import type { ConnectStage } from '../../types.js';

export const LIKELY_CAUSES: Readonly<Record<ConnectStage, string>> = {
  socket: 'the WebSocket did not open. A firewall or proxy may block outgoing TLS to the voice server, or the endpoint is wrong',
  hello: 'the WebSocket is open but the server said nothing. The endpoint may not be a voice server, or it is overloaded',
  ready: 'the server did not answer Identify. The bot may be in this channel from another process, or the server is overloaded',
  discovery:
    'no UDP datagram came back. Outgoing UDP is blocked by the host, a container network or a firewall: allow UDP to ports 50000-65535',
  description: 'the server did not answer Select Protocol. It may not reach us on the address that IP discovery found',
  dave: 'the end-to-end encrypted group was not made. Another member may not answer, or the DAVE provider does not work',
};

export interface StageOptions {
  readonly timeouts: Readonly<Record<ConnectStage, number>>;
  readonly scheduler: SchedulerLike;
  /** Is told when the stage begins. */
  readonly enter: (stage: ConnectStage) => void;
}

/** Gives a stage its deadline: errors with a VoiceTimeoutError unless its first value comes in time. */
export function inStage<T>(stage: ConnectStage, options: StageOptions): MonoTypeOperatorFunction<T> {
  const ms = options.timeouts[stage];
  return (source) =>
    // One subscriber instead of the three of defer and timeout: stages are most of what a join allocates, and that of a socket stands on.
    new Observable((subscriber) => {
      options.enter(stage);
      // Who is told of the stage may have left upon it.
      if (subscriber.closed) return;
      const deadline = options.scheduler.schedule(
        () => subscriber.error(new VoiceTimeoutError(stage, ms, LIKELY_CAUSES[stage])),
        ms,
      );
      subscriber.add(deadline);
      const next = (value: T): void => {
        deadline.unsubscribe();
        subscriber.next(value);
      };
      source.subscribe(operate({ destination: subscriber, next }));
    });
}
