/** The floor of listening: a socket, and a cipher for each packet. Joined by rxvoice, with AES. */
import { bareTransports, hear } from '../bare.mjs';
import { join as joinWith } from './rxvoice.mjs';

export async function join(admission, { mode, dave }) {
  const bare = bareTransports();
  const session = await joinWith(admission, { mode, dave, transports: bare.transports });
  return { ...session, hear: (users, take) => hear(bare, take) };
}
