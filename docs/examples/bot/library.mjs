/** Finds songs by name, in one folder only. A bot that opened any path or URL would do so for every member who can type a command. */
import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { source } from 'rxvoice/audio';

/**
 * @param {string} folder
 * @returns {(song: string) => import('rxvoice/audio').TrackSource} finds a song; throws an error with the answer if there is none
 */
export const songsOf = (folder) => (song) => {
  const files = readdirSync(folder).filter((file) => !file.startsWith('.'));
  const file = files.find((name) => parse(name).name === song);
  if (file !== undefined) return source(join(folder, file));
  throw new Error(
    `There is no such song. There ${files.length === 0 ? 'is none' : `are: ${files.map((name) => parse(name).name).join(', ')}`}.`,
  );
};
