// A voice connection put together from its stages, by hand: what connectVoice$ does, less what it does when something goes wrong.
//
//   node docs/examples/from-parts.mjs
//
// It brings its own voice server, and two members who are both made of this: one plays, the other hears. The call is encrypted end to end.
import { count, filter, ignoreElements, map, merge, of, switchMap, take, tap } from 'rxjs';
import {
  control$, dave$, daveyProvider, encryptionMode$, heartbeat$, hello$, identify$, ipDiscovery$, keepalive$, nodeTransports,
  paced$, receiveOpus, roster$, saySpeaking, sendOpus, sessionDescription$, signalling$,
} from 'rxvoice/driver'; // prettier-ignore
import { startVoiceServer } from 'rxvoice/server';
import { testFrames } from 'rxvoice/testing';

/** From the bot's gateway to the voice WebSocket. Unsubscribing leaves, and closes everything. */
export const fromParts$ = (gateway$, target, transports = nodeTransports()) =>
  signalling$(gateway$, target).pipe(
    filter(({ endpoint }) => typeof endpoint === 'string'), // both events are there, and name a voice server
    switchMap((server) =>
      transports.socket$(server.endpoint, 8).pipe(
        switchMap((socket) => control$(socket)),
        switchMap((control) =>
          hello$(control).pipe(
            switchMap(({ heartbeatInterval }) =>
              merge(heartbeat$(control, heartbeatInterval).pipe(ignoreElements()), identified$(control, server, transports)),
            ),
          ),
        ),
      ),
    ),
  );

/** From Identify to the UDP socket. Who follows the call is there before Identify is sent, and so misses nothing. */
const identified$ = (control, server, transports, provider = daveyProvider()) =>
  roster$(control, server.userId).pipe(
    switchMap((roster) => dave$(control, server, roster, provider).pipe(map((dave) => ({ roster, dave })))),
    switchMap((call) =>
      identify$(control, server, provider.maxProtocolVersion).pipe(
        switchMap((ready) => transports.udp$(ready).pipe(switchMap((port) => session$(control, ready, port, call)))),
      ),
    ),
  );

/** From the UDP socket to who plays and hears. */
const session$ = (control, { ssrc, modes }, port, { roster, dave }) =>
  ipDiscovery$(port, ssrc).pipe(
    switchMap((address) => encryptionMode$(modes).pipe(switchMap((mode) => sessionDescription$(control, address, mode)))),
    tap(({ daveVersion }) => dave.describe(daveVersion)),
    switchMap((description) => {
      const send = [saySpeaking(control, ssrc), sendOpus(port, { ...description, ssrc }, { dave })];
      const play = (frames) => paced$(frames, { sendable$: dave.sendable$ }).pipe(...send);
      const heard$ = port.datagrams$.pipe(receiveOpus(description, { roster, dave }));
      return merge(of({ play, heard$ }), keepalive$(port, port.datagrams$).pipe(ignoreElements()));
    }),
  );

if (process.argv[1] === import.meta.filename) {
  const server = await startVoiceServer({ daveVersion: 1 });
  const member$ = (userId) => fromParts$(server.gateway(userId), { guildId: '100', channelId: '200', userId });
  const played$ = member$('1').pipe(switchMap(({ play }) => play(testFrames(50))), tap({ complete: () => undefined })); // prettier-ignore
  const heard$ = member$('2').pipe(switchMap(({ play, heard$ }) => merge(play([]).pipe(ignoreElements()), heard$)), take(50), count()); // prettier-ignore
  const playing = played$.subscribe();
  heard$.subscribe((frames) => {
    console.log(`heard ${frames} frames`);
    playing.unsubscribe();
    void server.close();
  });
}
