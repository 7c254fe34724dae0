// A voice connection built from its stages by hand: what connectVoice$ does, without its error handling.
//
//   node docs/examples/from-parts.mjs
//
// It brings its own voice server, and two members who both use this connection: one plays, the other listens. The call is encrypted end to end.
import { filter, ignoreElements, map, merge, of, switchMap, take, tap, toArray } from 'rxjs';
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

/** From Identify to the UDP socket. The call is subscribed to before Identify is sent, so no message is missed. */
const identified$ = (control, server, transports, provider = daveyProvider()) =>
  roster$(control, server.userId).pipe(
    switchMap((roster) => dave$(control, server, roster, provider).pipe(map((dave) => ({ roster, dave })))),
    switchMap((call) =>
      identify$(control, server, provider.maxProtocolVersion).pipe(
        switchMap((ready) => transports.udp$(ready).pipe(switchMap((port) => session$(control, ready, port, call)))),
      ),
    ),
  );

/** From the UDP socket to the session that plays and hears. */
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
  const singing$ = member$('1').pipe(switchMap(({ play }) => play(testFrames(50)))); // held until somebody is there to hear it
  // Plays nothing, but sends Speaking: a voice server forwards nothing to a client that never sent it.
  const listening$ = member$('2').pipe(switchMap(({ play, heard$ }) => merge(play([]), heard$)));
  const told$ = merge(singing$, listening$).pipe(take(110), toArray()); // 50 frames and five of silence, as they are sent and as they are heard
  told$.subscribe((told) => {
    const sent = told.filter(({ type }) => type === 'sent').map(({ sequence }) => sequence);
    const heard = told.filter(({ userId }) => userId === '1').map(({ sequence }) => sequence);
    console.log(`sent ${sent.length} packets, heard ${heard.length}, ${heard.every((n, i) => n === sent[i]) ? 'in order' : 'out of order'}`);
    void server.close();
  });
}
