/** Virtual environments for strangers written in Python: one each, made on the first run and again when its requirements or the Python version change. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HERE = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(HERE, '.cache');
/** ms for an answer of the interpreter, and for an installation from the registry. */
const TO_ANSWER = 10_000;
const TO_INSTALL = 300_000;
/** The oldest version that the pinned packages support. */
const OLDEST = [3, 10];
const PROBE = 'import sys, venv, ensurepip; print(*sys.version_info[:3], sep=".")';

/** The interpreter that makes the environments: from the variable PYTHON, or `python3`. @throws Error that says what to install */
export async function findPython() {
  const program = process.env.PYTHON ?? 'python3';
  const need = [
    `The strangers' tests need Python ${OLDEST.join('.')} or newer with its module venv (Debian: apt install python3-venv);`,
    'the variable PYTHON names another interpreter.',
  ].join(' ');
  const { stdout } = await run(program, ['-c', PROBE], { timeout: TO_ANSWER }).catch((error) => {
    throw new Error(`${need}\n'${program}' does not do: ${lastLine(error.stderr) || error.message}`);
  });
  const version = stdout.trim();
  const [major, minor] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) throw new Error(`${need}\n'${program}' is ${version}.`);
  return { program, version };
}

/** The interpreter of the environment of a stranger's folder. @throws Error with the last line of pip if it cannot be made */
export async function environment(folder, python, say) {
  const requirements = join(HERE, folder, 'requirements.txt');
  const home = join(CACHE, folder);
  const own = join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stampFile = join(home, 'rxvoice-stamp');
  const stamp = createHash('sha256').update(`${python.version}\n${await readFile(requirements, 'utf8')}`).digest('hex');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return own;
  try {
    say(`${folder}: makes a virtual environment`);
    await rm(home, { recursive: true, force: true });
    await mkdir(CACHE, { recursive: true });
    await run(python.program, ['-m', 'venv', home], { timeout: TO_INSTALL });
    say(`${folder}: installs its packages`);
    const options = ['--quiet', '--disable-pip-version-check', '--no-input'];
    await run(own, ['-m', 'pip', 'install', ...options, '-r', requirements], { timeout: TO_INSTALL });
    // Written last, so that an aborted installation has no stamp.
    await writeFile(stampFile, stamp);
    return own;
  } catch (error) {
    const why = error.killed ? `not done within ${TO_INSTALL / 1_000} s` : lastLine(error.stderr) || error.message;
    throw new Error(`the virtual environment of ${folder} cannot be made: ${why}`);
  }
}

function lastLine(text = '') {
  return text.trim().split('\n').at(-1);
}
