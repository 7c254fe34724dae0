/** The floor of listening: a socket and a cipher object for each packet, or only the socket. rxvoice does the join, with AES. */
import { bareTransports, deafen, hear } from '../bare.mjs';
import { join as joinWith } from './rxvoice.mjs';

export async function join(admission, { mode, dave }) {
  const bare = bareTransports();
  const session = await joinWith(admission, { mode, dave, transports: bare.transports });
  let unheard;
  return {
    ...session,
    hear: (users, take) => hear(bare, take),
    deafen: () => void (unheard = deafen(bare)),
    unheard: () => unheard(),
  };
}
