/** What every command tells of where it is, and how its session stands. */
import { map, type Observable } from 'rxjs';
import type { VoiceHealth, VoiceSession } from '../../index.js';
import type { PlaceChoice } from './choice.js';
import type { Place } from './place.js';

/**
 * - `place`: where it joins, and as whom
 * - `health`: whether sound can flow, and why not
 * - `gateway-lost`: the connection to the main gateway is lost, and made anew in `retryIn` ms
 */
export type PlaceFact =
  | {
      readonly type: 'place';
      readonly where: PlaceChoice['where'];
      /** Of an embedded server: whether it was asked for, or there is no token. */
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

/** Of the choice no more than where: there is a token in it. */
export function placeFact({ choice, guildId, channelId, userId }: Place): PlaceFact {
  const because = choice.where === 'embedded' ? { because: choice.because } : {};
  return { type: 'place', where: choice.where, ...because, guildId, channelId, userId };
}

export function healthFacts$({ health$ }: VoiceSession): Observable<PlaceFact> {
  return health$.pipe(map(({ ready, reason, state, e2ee }) => ({ type: 'health', ready, status: state.status, reason, e2ee })));
}

/** Makes of what is told of a session's health what is news: a change of something else in it is none. */
export function healthNews(): (fact: { readonly type: string }, text: string | undefined) => string | undefined {
  let last: string | undefined;
  return (fact, text) => {
    if (fact.type !== 'health') return text;
    const news = text === last ? undefined : text;
    last = text;
    return news;
  };
}

/** A fact in words. */
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
