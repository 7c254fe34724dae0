/** A recording of two speakers, on real sockets and end-to-end encrypted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { oggOpus } from 'rxvoice/audio';
import { afterAll, expect, test } from 'vitest';
import { call, SPEAKERS } from '../src/call.ts';

const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file for each speaker, and a transcript', async () => {
  const told = await lastValueFrom((await call(folder)).pipe(toArray()));
  expect(told[0]).toBe(`recording to ${folder}`);
  expect(told.at(-1)).toBe('left');
  expect(
    readdirSync(folder)
      .filter((file) => file.endsWith('.ogg'))
      .sort(),
  ).toEqual(SPEAKERS.map(([userId]) => `${userId}.ogg`));
  for (const [userId, frames] of SPEAKERS) {
    let found = 0;
    for await (const frame of oggOpus(readFileSync(join(folder, `${userId}.ogg`)))) if (frame.length > 3) found += 1;
    expect(found).toBeGreaterThan(frames / 2);
  }
  const transcript = readdirSync(folder).find((file) => file.endsWith('.json'));
  const entries = JSON.parse(readFileSync(join(folder, transcript!), 'utf8')) as { userId: string }[];
  expect(entries.map(({ userId }) => userId)).toEqual(SPEAKERS.map(([userId]) => userId));
}, 30_000);
