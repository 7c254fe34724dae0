/** The CPU cost of each thread of this process so far; Linux only, empty elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

const TASKS = '/proc/self/task';
const fieldOf = (text, name) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? NaN);

/** By thread id: its name, µs of CPU, and how often it fell asleep, which equals how often it was woken. */
export function threadTimes() {
  const threads = new Map();
  let ids = [];
  try {
    ids = readdirSync(TASKS);
  } catch {
    return threads;
  }
  for (const id of ids) {
    try {
      const [ns] = readFileSync(`${TASKS}/${id}/schedstat`, 'utf8').split(' ');
      const status = readFileSync(`${TASKS}/${id}/status`, 'utf8');
      const name = readFileSync(`${TASKS}/${id}/comm`, 'utf8').trim();
      threads.set(id, { name, cpu: Number(ns) / 1_000, wakes: fieldOf(status, 'voluntary_ctxt_switches') });
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return threads;
}

/** CPU spent since `before`, the thread with the most first. */
export function spentSince(before) {
  return [...threadTimes()]
    .map(([id, { name, cpu, wakes }]) => ({ id, name, cpu: cpu - (before.get(id)?.cpu ?? 0), wakes: wakes - (before.get(id)?.wakes ?? 0) }))
    .filter(({ wakes, cpu }) => wakes > 0 || cpu > 0)
    .sort((a, b) => b.cpu - a.cpu);
}
