/** A voice server in this process, as a resource. */
import { Observable } from 'rxjs';
import { startVoiceServer, type LoopbackVoiceServer, type VoiceServerOptions } from '../../server/index.js';

/** Emits once, when it listens; unsubscribing closes it. */
export function embeddedServer$(options: VoiceServerOptions): Observable<LoopbackVoiceServer> {
  return new Observable((subscriber) => {
    const starting = startVoiceServer(options);
    starting.then(
      (server) => subscriber.next(server),
      (error: unknown) => subscriber.error(error),
    );
    return () => {
      // Also closes a server that is still starting. One that failed to start needs no closing.
      void starting.then((server) => server.close()).catch(() => undefined);
    };
  });
}
