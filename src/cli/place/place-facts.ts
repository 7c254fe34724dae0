/** What every command reports about its place and the health of its session. */
import { map, type Observable } from 'rxjs';
import type { VoiceHealth, VoiceSession } from '../../index.js';
import type { PlaceChoice } from './choice.js';
import type { Place } from './place.js';

/**
 * - `place`: where it joins, and as which user
 * - `health`: whether sound can flow, and why not
 * - `gateway-lost`: the connection to the main gateway is lost, and is opened again in `retryIn` ms
 */
export type PlaceFact =
  | {
      readonly type: 'place';
      readonly where: PlaceChoice['where'];
      /** For an embedded server: whether it was requested, or there is no token. */
      readonly because?: 'no token' | 'asked';
      readonly guildId: string;
      readonly channelId: string;
      readonly userId: string;
    }
  | {
      readonly type: 'health';
      readonly ready: boolean;
      readonly status: VoiceHealth['state']['status'];
      readonly reason: string | null;
      readonly e2ee: VoiceHealth['e2ee'];
    }
  | { readonly type: 'gateway-lost'; readonly reason: string; readonly retryIn: number };

/** Takes only `where` from the choice, because that also has a token. */
export function placeFact({ choice, guildId, channelId, userId }: Place): PlaceFact {
  const because = choice.where === 'embedded' ? { because: choice.because } : {};
  return { type: 'place', where: choice.where, ...because, guildId, channelId, userId };
}

export function healthFacts$({ health$ }: VoiceSession): Observable<PlaceFact> {
  return health$.pipe(map(({ ready, reason, state, e2ee }) => ({ type: 'health', ready, status: state.status, reason, e2ee })));
}

/** Filters reports of a session's health: returns a text only if it has changed. */
export function healthNews(): (fact: { readonly type: string }, text: string | undefined) => string | undefined {
  let last: string | undefined;
  return (fact, text) => {
    if (fact.type !== 'health') return text;
    const news = text === last ? undefined : text;
    last = text;
    return news;
  };
}

/** A fact as text. */
export function placeText(fact: PlaceFact): string {
  switch (fact.type) {
    case 'place':
      return fact.where === 'embedded'
        ? `on an embedded server, in this process${fact.because === 'no token' ? ': DISCORD_TOKEN is not set' : ''}`
        : `bot ${fact.userId} joins channel ${fact.channelId} of guild ${fact.guildId}`;
    case 'health':
      return fact.ready ? 'ready' : (fact.reason ?? fact.status);
    case 'gateway-lost':
      return `the main gateway is lost (${fact.reason}); the next try is in ${(fact.retryIn / 1000).toFixed(1)} s`;
  }
}
