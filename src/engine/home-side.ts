/** The home side of one port. */
import { NEVER, throwError } from 'rxjs';
import { VoiceOptionsError } from '../errors.js';
import type { VoiceSignal } from '../types.js';
import type { Observable } from 'rxjs';
import type { OpenFrames } from './link.js';
import { Peer } from './peer.js';
import { productionOf } from './sink.js';
import type { EnginePort } from './wire.js';

export class HomeSide {
  readonly peer: Peer;
  readonly up$: Observable<boolean>;
  /** By the number of the session that gets them. */
  readonly signals = new Map<number, Observable<VoiceSignal>>();
  /** By the number of their play. */
  readonly sources = new Map<number, OpenFrames>();

  /** @param up$ whether messages reach the other side at the moment. Default: they always do */
  constructor(port: EnginePort, up$: Observable<boolean> = NEVER) {
    this.up$ = up$;
    this.peer = new Peer(port, (topic, sink) => {
      if (topic.what === 'frames') {
        const open = this.sources.get(topic.play);
        if (open !== undefined) return open(sink);
      }
      const signals$ = topic.what === 'signals' ? this.signals.get(topic.session) : undefined;
      return productionOf(signals$ ?? throwError(() => new VoiceOptionsError('topic', `there is no such '${topic.what}' here`)), sink);
    });
  }
}
