/** A conversation in virtual time. */
import { asyncScheduler, filter, map, switchMap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { connectVoice$, isSilenceFrame } from 'rxvoice';
import { testFrames, VIRTUAL_IDS, virtualVoice } from 'rxvoice/testing';
import { expect, test } from 'vitest';
import { conversation } from '../src/conversation.ts';
import { parrot, type Mind } from '../src/mind.ts';

const [ALICE, BOB] = ['100', '200'];

/** Who says what, and when, in ms and frames; gives what the bot told, with its times, and the numbers of the frames that it said. */
type Speech = readonly [at: number, userId: string, frames: Uint8Array[]];

function hear(speeches: readonly Speech[], mind: Mind = parrot): { told: string[]; said: number[] } {
  const told: string[] = [];
  const said: number[] = [];
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(() => {
    const voice = virtualVoice({ scheduler: asyncScheduler });
    for (const userId of [ALICE, BOB]) voice.join(userId);
    voice.packets$
      .pipe(
        filter(({ payload }) => !isSilenceFrame(payload)),
        map(({ payload }) => ((payload[1] ?? 0) << 8) | (payload[2] ?? 0)),
      )
      .subscribe((number) => said.push(number));
    const bot = connectVoice$(voice.gateway, VIRTUAL_IDS, { transports: voice.transports })
      .pipe(switchMap(conversation(mind)))
      .subscribe((text) => told.push(`${asyncScheduler.now()} ${text}`));
    for (const [at, userId, frames] of speeches) asyncScheduler.schedule(() => voice.speak(userId, frames), at);
    asyncScheduler.schedule(() => bot.unsubscribe(), 10_000);
  });
  return { told, said };
}

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

test('answers who has spoken, with what he said', () => {
  const { told, said } = hear([[1_000, ALICE, testFrames(20)]]);
  expect(told.map((line) => line.replace(/^\d+ /, ''))).toEqual([`hears ${ALICE}`, `answers ${ALICE}`, `has answered ${ALICE}`]);
  expect(said).toEqual(numbers(0, 20));
});

test('stops at once when somebody speaks, and answers him', () => {
  const { told, said } = hear([
    [1_000, ALICE, testFrames(20)],
    [2_000, BOB, testFrames(10, 500)],
  ]);
  expect(told.map((line) => line.replace(/^\d+ /, ''))).toEqual([
    `hears ${ALICE}`,
    `answers ${ALICE}`,
    `hears ${BOB}`,
    `answers ${BOB}`,
    `has answered ${BOB}`,
  ]);
  const cut = said.indexOf(500);
  expect(cut).toBeGreaterThan(0);
  expect(cut).toBeLessThan(20);
  expect(said).toEqual([...numbers(0, cut), ...numbers(500, 10)]);
});

test('is not interrupted by a cough', () => {
  const { told, said } = hear([
    [1_000, ALICE, testFrames(20)],
    [2_000, BOB, testFrames(3, 500)],
  ]);
  expect(told.map((line) => line.replace(/^\d+ /, ''))).toEqual([`hears ${ALICE}`, `answers ${ALICE}`, `has answered ${ALICE}`]);
  expect(said).toEqual(numbers(0, 20));
});

test('goes on listening when it cannot answer', () => {
  const { told } = hear(
    [
      [1_000, ALICE, testFrames(20)],
      [3_000, BOB, testFrames(10, 500)],
    ],
    (heard) => {
      if (heard.userId === ALICE) throw new Error('no idea');
      return parrot(heard);
    },
  );
  expect(told.map((line) => line.replace(/^\d+ /, ''))).toEqual([
    `hears ${ALICE}`,
    `cannot answer ${ALICE}: no idea`,
    `hears ${BOB}`,
    `answers ${BOB}`,
    `has answered ${BOB}`,
  ]);
});
