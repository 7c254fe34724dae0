/** The page with all diagrams. */
import { fileOf, SECTIONS } from './diagrams.js';

const HEAD = `# Marble diagrams

Time goes from left to right, in ms, as in the test that it was drawn from: \`test/diagrams\` runs each operator under rxjs' \`TestScheduler\`, and
the picture is what came out. \`npm run diagrams\` draws them anew; until then, an operator that behaves otherwise by a millisecond fails the tests.
Above the box is what goes in, below it what comes out; a bar is completion, a cross an error, an arrow what goes on.
`;

export function diagramsPage(): string {
  const sections = SECTIONS.map(({ title, diagrams }) => {
    const entries = Object.entries(diagrams).map(([name, { says, title }]) => `### ${name}\n\n${says}\n\n![Marble diagram of ${title}](diagrams/${fileOf(name)})\n`);
    return `## ${title}\n\n${entries.join('\n')}`;
  });
  return [HEAD, ...sections].join('\n');
}
