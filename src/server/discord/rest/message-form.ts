/** A message as it is sent. Source: Discord docs, Message, Create Message. */
import type { MessageWishes } from '../world/talk.js';
import type { Snowflake } from '../../../types.js';
import type { Form } from './form.js';

/** Flags that a bot may set: no embeds, only for one, no notification, components of the new kind. */
const SETTABLE = (1 << 2) | (1 << 6) | (1 << 12) | (1 << 15);

/** What is there of it. @param id gives each file one */
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
