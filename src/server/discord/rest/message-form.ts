/** A message in a request. Source: Discord docs, Message, Create Message. */
import type { MessageWishes } from '../world/talk.js';
import type { Snowflake } from '../../../types.js';
import type { Form } from './form.js';

/** The flags that a bot may set: no embeds, ephemeral, no notification, components v2. */
const SETTABLE = (1 << 2) | (1 << 6) | (1 << 12) | (1 << 15);

/** The given fields of a message. @param id makes an id for each file */
export function messageWishes(form: Form, id: () => Snowflake): MessageWishes {
  const attachments = form.files.map(({ name, size, type }) => {
    const file = id();
    return { id: file, filename: name, size, content_type: type, url: `attachment://${name}`, proxy_url: `attachment://${name}` };
  });
  const replyTo = form.part('message_reference').id('message_id');
  const nonce = form.fields['nonce'];
  return {
    ...(form.has('content') ? { content: form.text('content') ?? '' } : {}),
    ...(form.has('embeds') ? { embeds: form.list('embeds') ?? [] } : {}),
    ...(form.has('components') ? { components: form.list('components') ?? [] } : {}),
    ...(form.has('flags') ? { flags: (form.number('flags') ?? 0) & SETTABLE } : {}),
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(typeof nonce === 'string' || typeof nonce === 'number' ? { nonce } : {}),
  };
}
