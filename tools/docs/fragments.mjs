/** Makes a module from a code block. */

/** Imports distinguish a program from a fragment. */
const IMPORTS = /^import\b/m;
const PRELUDE = '#prelude';
const PLACEHOLDER = '(undefined as never)';
const PLACEHOLDER_JS = 'undefined';

/**
 * @param exported the module that each name comes from
 * @returns the text, and the number of lines added before it
 */
export function asModule({ language, code }, exported) {
  const filled = withoutEllipses(code, language === 'ts' ? PLACEHOLDER : PLACEHOLDER_JS);
  const isProgram = IMPORTS.test(code);
  // A single object, such as a configuration, would be parsed as a block of statements.
  const body = /^\s*\{/.test(filled) ? `void (${filled.trim().replace(/;$/, '')});` : filled;
  const own = new Set([...code.matchAll(/\b(?:const|let|function|class|interface|type)\s+([\w$]+)/g)].map(([, name]) => name));
  for (const [, names] of code.matchAll(/\bimport (?:type )?\{([^}]*)\}/g)) for (const name of names.match(/[\w$]+/g) ?? []) own.add(name);
  for (const [, names] of code.matchAll(/\b(?:const|let)\s*[[{]([^=]*)[\]}]\s*=/g))
    for (const name of names.replace(/[\w$]+\s*:/g, '').match(/[\w$]+/g) ?? []) own.add(name);
  const named = new Set(code.replace(/'[^'\n]*'|\/\/.*/g, '').match(/(?<![\w$.])[\w]+\$?(?![\w$])/g) ?? []);
  const modules = new Map();
  for (const name of named) {
    const from = exported.get(name);
    if (isProgram && from !== PRELUDE) continue;
    if (from !== undefined && !own.has(name)) modules.set(from, [...(modules.get(from) ?? []), name]);
  }
  const lines = [...modules].map(([from, names]) => `import { ${names.join(', ')} } from '${from}';`);
  return { code: `${lines.join(' ')} export {};\n${body}`, added: 1 };
}

/** Replaces `…` outside of strings and comments with a placeholder for any expression. */
function withoutEllipses(code, anything) {
  return code
    .split('\n')
    .map((line) => line.replace(/('[^']*'|`[^`]*`|\/\/.*|\/\*.*?\*\/)|…/g, (whole, kept) => (kept === undefined ? anything : kept)))
    .join('\n');
}
