/** What each thread of this process has cost so far: Linux only, and nothing elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

const TASKS = '/proc/self/task';
const fieldOf = (text, name) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? NaN);

/** By the number of the thread: its name, µs of CPU, and how often it has fallen asleep, which is how often it was woken. */
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
      // It has ended meanwhile.
    }
  }
  return threads;
}

/** What was spent since `before`, the thread with the most first. */
export function spentSince(before) {
  return [...threadTimes()]
    .map(([id, { name, cpu, wakes }]) => ({ id, name, cpu: cpu - (before.get(id)?.cpu ?? 0), wakes: wakes - (before.get(id)?.wakes ?? 0) }))
    .filter(({ wakes, cpu }) => wakes > 0 || cpu > 0)
    .sort((a, b) => b.cpu - a.cpu);
}
