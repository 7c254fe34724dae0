/** The same with every session in a thread of `rxvoice/workers`: as many as RXVOICE_THREADS says, or one. */
import { load } from '../library.mjs';
import { join as joinWith } from './rxvoice.mjs';

const { workerEngine } = await load('workers/index.js');
const engine = workerEngine({ threads: Number(process.env.RXVOICE_THREADS ?? 1) });

export function join(admissions, options) {
  return joinWith(admissions, { ...options, engine });
}
