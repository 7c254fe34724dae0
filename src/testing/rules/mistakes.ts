/** All rules, by the mistake that each finds. */
import { fightsKick, floodsGateway, leavesElsewhere } from './commanding.js';
import { answersItself, playsOver, restartsSong } from './playing.js';
import { BotMistakeError, type BotMistake, type Evidence, type Rule } from './rule.js';
import { leaksSubscription, staysAlone, staysBehind } from './staying.js';

/** Each rule, by the mistake that it finds. */
export const RULES: Readonly<Record<BotMistake, Rule>> = {
  'stays-behind': staysBehind,
  'stays-alone': staysAlone,
  'leaks-subscription': leaksSubscription,
  'plays-over': playsOver,
  'restarts-song': restartsSong,
  'answers-itself': answersItself,
  'fights-kick': fightsKick,
  'leaves-elsewhere': leavesElsewhere,
  'floods-gateway': floodsGateway,
};

/** The mistakes found, each once, at its first occurrence. */
export function mistakes(evidence: Evidence, allowed: readonly BotMistake[]): BotMistakeError[] {
  return (Object.keys(RULES) as BotMistake[])
    .filter((mistake) => !allowed.includes(mistake))
    .flatMap((mistake) => RULES[mistake](evidence).slice(0, 1).map((what) => new BotMistakeError(mistake, what))); // prettier-ignore
}
