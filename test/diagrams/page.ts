/** The page with all diagrams. */
import { fileOf, SECTIONS } from './diagrams.js';

const HEAD = `# Marble diagrams

Each diagram is drawn from a test: \`test/diagrams\` runs the operator under rxjs' \`TestScheduler\`, and the diagram shows what happened.
Time runs from left to right, in ms. Above the box is the input, below it the output. A bar is completion, a cross is an error, an arrow means that
the stream goes on. The tests fail if an operator differs from its diagram by a millisecond; \`npm run diagrams\` draws all diagrams again.
`;

export function diagramsPage(): string {
  const sections = SECTIONS.map(({ title, diagrams }) => {
    const entries = Object.entries(diagrams).map(([name, { says, title }]) => `### ${name}\n\n${says}\n\n![Marble diagram of ${title}](diagrams/${fileOf(name)})\n`);
    return `## ${title}\n\n${entries.join('\n')}`;
  });
  return [HEAD, ...sections].join('\n');
}
