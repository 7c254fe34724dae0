/** Which losses a session survives before it is given up. */
import { expect, it } from 'vitest';
import { Losses } from '../../../src/engine/losses.js';

/**
 * b: begun · r: ready · m: told to move · x: lost, looks for another · n: none available, looks again · each `-` is a second.
 *
 * @returns for each loss, ms until it continues; `ends` if it does not
 */
function life(story: string): (number | 'ends')[] {
  const losses = new Losses();
  const answers: (number | 'ends')[] = [];
  const lose = (now: number, nowhere: boolean): void => {
    answers.push(losses.lose(now, nowhere) ?? 'ends');
    losses.look();
  };
  losses.look();
  let now = 0;
  for (const what of story) {
    if (what === '-') now += 1_000;
    else if (what === 'b') losses.begin();
    else if (what === 'r') losses.ready(now);
    else if (what === 'm') {
      losses.move();
      losses.look();
    } else lose(now, what === 'n');
  }
  return answers;
}

const LONG = '-'.repeat(10);

it.each([
  ['three in a row, and no fourth', 'br-x br-x br-x br-x', [250, 500, 750, 'ends']],
  [
    'whatever lies behind ten quiet seconds is forgotten',
    `br-x br-x br-x br${LONG}x br-x br-x br-x`,
    [250, 500, 750, 250, 500, 750, 'ends'],
  ],
  [
    'that it was ready for long counts once: what ends each far side before it is ready there ends',
    `br${LONG}x bx bx bx`,
    [250, 500, 750, 'ends'],
  ],
  ['a move is no loss, and no beginning', `br-x br-x br-----mbr-----x br-x br-x br-x`, [250, 500, 250, 500, 750, 'ends']],
  ['a move before it was ready, then ten quiet seconds', `br-x bmbr${LONG}x`, [250, 250]],
  ['no far side that answers, after it was ready: for as long as it takes', `br-x x x x x x br-x`, [250, 500, 750, 750, 750, 750, 750]],
  ['none there at all, after it was ready', 'br-x n n n n n br', [250, 500, 750, 750, 750, 750]],
  ['what was counted before an outage is counted behind it', 'br-x br-x n n n br-x br-x', [250, 500, 750, 750, 750, 750, 'ends']],
  ['none there at first: at once', 'n', ['ends']],
  ['none that answers at first', 'x x x x', [250, 500, 750, 'ends']],
  ['none there any more, before it ever was ready', 'bx n', [250, 'ends']],
] as const)('%s', (_, story, answers) => {
  expect(life(story.replaceAll(' ', ''))).toEqual(answers);
});

it('counts its attempts from the last time that it was stable', () => {
  const losses = new Losses();
  losses.ready(0);
  for (const [now, attempt] of [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
  ] as const) {
    losses.look();
    losses.lose(now, true);
    expect(losses.attempt).toBe(attempt);
  }
  losses.ready(10);
  losses.lose(10_010, true);
  expect(losses.attempt).toBe(1);
});
