/** Processes that have only some cores to themselves: Linux only. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** @throws Error that says what is missing, where nothing can be pinned */
export function checkPinning(platform = process.platform) {
  if (platform !== 'linux') throw new Error(`--hold needs Linux: it pins processes with taskset and reads /proc, and this is ${platform}`);
  if (cpus().length < 2) throw new Error('--hold needs two cores: this machine has one');
  const { error, status, stderr } = spawnSync('taskset', ['-c', '0,1', 'true']);
  if (error !== undefined) throw new Error('--hold needs taskset, of the package util-linux');
  if (status !== 0) throw new Error(`--hold needs cores 0 and 1, and this process may not use both: ${String(stderr).trim()}`);
}

/** Options of fork for a process on these cores. */
export const pinned = (cores) => ({ execPath: 'taskset', execArgv: ['-c', cores.join(','), process.execPath] });

/** All cores but these; all, where that leaves none. */
export function othersThan(cores) {
  const all = cpus().map((_, core) => core);
  const others = all.filter((core) => !cores.includes(core));
  return others.length > 0 ? others : all;
}

/** s that each core has worked so far, for anybody, the hypervisor among them; the kernel counts in hundredths. */
export function worked(cores) {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  return cores.reduce((sum, core) => {
    const [user, nice, system, , , irq, softirq, steal] = lines.find((line) => line.startsWith(`cpu${core} `)).split(/\s+/).slice(1).map(Number);
    return sum + (user + nice + system + irq + softirq + steal) / 100;
  }, 0);
}
