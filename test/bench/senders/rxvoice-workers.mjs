/** The rxvoice sender with every session in a thread of `rxvoice/workers`. RXVOICE_THREADS sets the number of threads; default one. */
import { load } from '../library.mjs';
import { join as joinWith } from './rxvoice.mjs';

const { workerEngine } = await load('workers/index.js');
const engine = workerEngine({ threads: Number(process.env.RXVOICE_THREADS ?? 1) });

export function join(admissions, options) {
  return joinWith(admissions, { ...options, engine });
}
