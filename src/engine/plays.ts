/** The running plays of one session, on the home side. */
import { Observable } from 'rxjs';
import type { FrameDescription } from '../frames/description.js';
import type { FrameInput, PlayOptions } from '../media/send/play-options.js';
import type { PlayEvent } from '../types.js';
import type { Carriage, PlaysAtHome } from './carriage.js';
import type { Link } from './link.js';
import { PlayRelay } from './play-relay.js';

export class Plays {
  readonly #carriage: Carriage;
  readonly #home: PlaysAtHome;
  readonly #open = new Set<PlayRelay>();
  #link: Link | undefined;

  constructor(carriage: Carriage, home: PlaysAtHome) {
    this.#home = home;
    this.#carriage = carriage;
  }

  /** Sets the far side on which the plays go on; undefined: none for now. */
  use(link: Link | undefined): void {
    // This link was already set before the session was there.
    if (link !== undefined && link === this.#link) return;
    this.#link = link;
    for (const relay of [...this.#open]) relay.use(link);
  }

  /** The sources of the plays that a far side would open itself, from their last known positions. */
  get sources(): readonly FrameDescription[] {
    return [...this.#open].flatMap(({ source }) => source ?? []);
  }

  /** Cold. */
  play$(input: FrameInput, options: PlayOptions): Observable<PlayEvent> {
    return new Observable((subscriber) => {
      const relay = new PlayRelay(input, options, this.#carriage, this.#home, subscriber);
      this.#open.add(relay);
      subscriber.add(() => {
        this.#open.delete(relay);
        relay.close();
      });
      relay.use(this.#link);
    });
  }

  /** The session ended here before a far side could report it. */
  end(error: unknown): void {
    for (const relay of [...this.#open]) relay.fail(error);
  }
}
