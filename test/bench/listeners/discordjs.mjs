/** @discordjs/voice as a listener, as its guide shows it: a subscription, and so a stream, for each speaker. */
import { once } from 'node:events';

/** Joins; resolves when the connection is ready. djs takes the first mode that the server offers. */
export async function join(admission, { mode, dave }) {
  if (mode.includes('xchacha')) await import('../../support/djs-sodium.mjs');
  const { connect, EndBehaviorType } = await import('../discordjs.mjs');
  const connection = await connect(admission, { dave, selfDeaf: false });
  return {
    /** Resolves when the group has this privacy code. */
    agree: async (code) => {
      while (connection.voicePrivacyCode !== code) await once(connection, 'transitioned');
    },
    hear: (users, take) => {
      for (const user of users)
        connection.receiver.subscribe(user, { end: { behavior: EndBehaviorType.Manual } }).on('data', take);
    },
    leave: () => connection.destroy(),
  };
}
