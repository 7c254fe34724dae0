/** Who is in the channel of an embedded server besides the command. */
import { defer, NEVER, repeat, startWith, type Observable } from 'rxjs';
import { createReadStream } from 'node:fs';
import { oggOpus } from '../../audio/ogg/ogg-opus.js';
import { connectVoice$, useSession } from '../../index.js';
import { SONG } from '../files/song.js';
import type { PlaceOptions } from './place.js';

/** What a guest says when it is in the channel. */
const HERE = 'here';

/** Hears what is played: without a second member there are no keys, and nothing is sent. */
export const listener: PlaceOptions['guest'] = (server, ids) =>
  connectVoice$(server.gateway(ids.userId), ids).pipe(useSession(() => NEVER.pipe(startWith(HERE))));

/** Plays the song that comes along, over and over, so that there is something to record. */
export const musician: PlaceOptions['guest'] = (server, ids) =>
  connectVoice$(server.gateway(ids.userId), ids).pipe(
    useSession((session): Observable<unknown> => {
      const song$ = defer(() => session.play(oggOpus(() => createReadStream(SONG))));
      return song$.pipe(repeat(), startWith(HERE));
    }),
  );
