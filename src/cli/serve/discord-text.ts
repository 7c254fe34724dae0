/** The events of a simulated Discord, as text. */
import type { DiscordEvent } from '../../server/index.js';
import type { DiscordFact } from './discord-place.js';

/** Undefined if it does not interest people. */
export function discordText(fact: DiscordFact): string | undefined {
  if (fact.type === 'message') return `${fact.author}: ${fact.content}`;
  if (fact.type === 'unsaid') return `alice could not say '${fact.text}': ${fact.why}`;
  return eventText(fact.event);
}

function eventText(event: DiscordEvent): string | undefined {
  const shard = 'shard' in event && event.shard !== null ? `shard ${event.shard[0]} of ${event.shard[1]}` : 'a shard';
  switch (event.type) {
    case 'request':
      return `${event.method} ${event.path}: ${event.status}`;
    case 'identified':
      return `${shard} identifies`;
    case 'resumed':
      return `${shard} resumes, and is told of ${event.replayed} events`;
    case 'closed':
      return `${shard} is closed by the ${event.by}, with ${event.code}${event.reason === '' ? '' : `: ${event.reason}`}`;
    case 'withheld':
      return `${shard} is not told of ${event.event}: it lacks the intent`;
    case 'unanswered':
      return `op 4 into channel ${event.channelId} is not answered: the bot ${event.why}`;
    case 'opened':
    case 'session-ended':
      return undefined;
  }
}
