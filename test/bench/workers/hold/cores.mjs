/** Pins processes to some of the cores. Linux only. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** @throws Error that says what is missing, if processes cannot be pinned */
export function checkPinning(platform = process.platform) {
  if (platform !== 'linux') throw new Error(`--hold needs Linux: it pins processes with taskset and reads /proc, and this is ${platform}`);
  if (cpus().length < 2) throw new Error('--hold needs two cores: this machine has one');
  const { error, status, stderr } = spawnSync('taskset', ['-c', '0,1', 'true']);
  if (error !== undefined) throw new Error('--hold needs taskset, of the package util-linux');
  if (status !== 0) throw new Error(`--hold needs cores 0 and 1, and this process may not use both: ${String(stderr).trim()}`);
}

/** Options of fork for a process on these cores. */
export const pinned = (cores) => ({ execPath: 'taskset', execArgv: ['-c', cores.join(','), process.execPath] });

/** All cores except these; all cores if that leaves none. */
export function othersThan(cores) {
  const all = cpus().map((_, core) => core);
  const others = all.filter((core) => !cores.includes(core));
  return others.length > 0 ? others : all;
}

/** Seconds that these cores have worked so far in total, including time that the hypervisor gave to others; the kernel counts in hundredths. */
export function worked(cores) {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  return cores.reduce((sum, core) => {
    const [user, nice, system, , , irq, softirq, steal] = lines.find((line) => line.startsWith(`cpu${core} `)).split(/\s+/).slice(1).map(Number);
    return sum + (user + nice + system + irq + softirq + steal) / 100;
  }, 0);
}
