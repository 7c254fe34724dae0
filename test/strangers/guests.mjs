/** The strangers (third-party libraries), and how each is prepared. A new one needs a row here and a folder; see README.md. */
import { fileURLToPath } from 'node:url';
import { environment, findPython } from './python/environment.mjs';

/**
 * `prepare(ca, say)` resolves with the command that starts the guest: `program`, `args`, `env`. It trusts the certificate in the file `ca`.
 * `pending`: why the table may still have a `no` in this row; it is then reported, but is no failure.
 */
export const GUESTS = [
  { name: 'discord-py', prepare: (ca, say) => python('discord-py', ca, say) },
  { name: 'disnake', prepare: (ca, say) => python('disnake', ca, say) },
  { name: 'py-cord', prepare: (ca, say) => python('py-cord', ca, say) },
];

/** A guest whose folder has a `driver.py` and a `requirements.txt`. */
async function python(folder, ca, say) {
  const program = await environment(folder, await findPython(), say);
  const path = (name) => fileURLToPath(new URL(name, import.meta.url));
  const env = { PYTHONPATH: path('python'), PYTHONDONTWRITEBYTECODE: '1', SSL_CERT_FILE: ca };
  return { program, args: [path(`${folder}/driver.py`)], env };
}
