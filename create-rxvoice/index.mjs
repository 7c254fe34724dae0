#!/usr/bin/env node
/** `npm create rxvoice [FOLDER] [-- --template NAME]`. Asks for what is not said, where there is somebody to ask. */
import { relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { create, Misuse, templates } from './create.mjs';

const USAGE = `usage: npm create rxvoice [FOLDER] [-- --template ${templates.join('|')}]`;

async function ask(question, otherwise) {
  if (!process.stdin.isTTY) return otherwise;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (${otherwise}) `);
  terminal.close();
  return answer.trim() === '' ? otherwise : answer.trim();
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { template: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) console.log(USAGE);
  else {
    const folder = positionals[0] ?? (await ask('Into which folder?', 'my-voice-bot'));
    const template = values.template ?? (await ask(`Which template: ${templates.join(', ')}?`, 'music-bot'));
    const target = create(folder, template);
    console.log(
      `\n${template} is in ${target}. Next:\n\n  cd ${relative(process.cwd(), target) || '.'}\n  npm install\n  npm test\n  npm run rehearse\n\nand, with a token in .env (see README.md), npm start.`,
    );
  }
} catch (error) {
  if (!(error instanceof Misuse) && !(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 1;
}
