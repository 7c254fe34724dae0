/** The other member in the channel of an embedded server. */
import { defer, NEVER, repeat, startWith, type Observable } from 'rxjs';
import { createReadStream } from 'node:fs';
import { oggOpus } from '../../audio/ogg/ogg-opus.js';
import { connectVoice$, useSession } from '../../index.js';
import { SONG } from '../files/song.js';
import type { PlaceOptions } from './place.js';

/** What a guest emits when it is in the channel. */
const HERE = 'here';

/** Listens to the play: without a second member there are no keys, and nothing is sent. */
export const listener: PlaceOptions['guest'] = (server, ids) =>
  connectVoice$(server.gateway(ids.userId), ids).pipe(useSession(() => NEVER.pipe(startWith(HERE))));

/** Plays the included song in a loop, so that there is something to record. */
export const musician: PlaceOptions['guest'] = (server, ids) =>
  connectVoice$(server.gateway(ids.userId), ids).pipe(
    useSession((session): Observable<unknown> => {
      const song$ = defer(() => session.play(oggOpus(() => createReadStream(SONG))));
      return song$.pipe(repeat(), startWith(HERE));
    }),
  );
