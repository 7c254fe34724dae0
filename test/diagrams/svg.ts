/** A diagram as SVG: readable in light and dark mode, with no script and no font of its own. */
import { layoutOf, MARBLE, type Layout, type Placed, type PlacedLane } from './layout.js';
import type { Lane, Recording } from './recording.js';

/** Fills of marbles in light and dark mode, with the same ink on all of them. */
const LIGHT = ['#cfe3ff', '#ffe0b8', '#cdf0d3', '#f6d0e6', '#e3d6ff', '#fff0a8', '#c9eef0', '#ffd3cc'];
const DARK = ['#1f4675', '#6b4512', '#1f5a2c', '#6b2550', '#46308a', '#5d5207', '#155a5f', '#7a2f25'];

const STYLE = [
  'text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328}',
  '.name{fill:#57606a}.tick{font-size:11px;fill:#6e7781;text-anchor:middle}.mark,.call{text-anchor:middle}.call{font-size:14px;font-weight:600}',
  '.page{fill:#fff}.line,.end,.head{stroke:#57606a;stroke-width:1.6;fill:none}.end{stroke-width:3}.rule{stroke:#d8dee4;stroke-dasharray:2 4}',
  '.marble{stroke:#57606a;stroke-width:1.2}.box{fill:#f6f8fa;stroke:#8c959f}.fault{stroke:#cf222e;stroke-width:3;fill:none}.error{fill:#cf222e}',
  LIGHT.map((fill, i) => `.c${i}{fill:${fill}}`).join(''),
].join('');

const STYLE_DARK = [
  'text{fill:#e6edf3}.name{fill:#9198a1}.tick{fill:#848d97}.page{fill:#0d1117}.line,.end,.head{stroke:#9198a1}.rule{stroke:#30363d}',
  '.marble{stroke:#9198a1}.box{fill:#161b22;stroke:#656c76}.fault{stroke:#ff7b72}.error{fill:#ff7b72}',
  DARK.map((fill, i) => `.c${i}{fill:${fill}}`).join(''),
].join('');

/** @param says a description of the diagram for readers who cannot see it */
export function svgOf(recording: Recording, says: string): string {
  const layout = layoutOf(recording);
  const { width, height, lanes, box } = layout;
  const colours = new Map<string, number>();
  const body = [
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    ...rules(layout),
    ...lanes.flatMap(line),
    `<rect class="box" x="12" y="${box.y}" width="${width - 24}" height="${box.height}" rx="8"/>`,
    `<text class="call" x="${width / 2}" y="${box.y + box.height / 2 + 5}">${escaped(recording.title)}</text>`,
    ...lanes.flatMap(({ marks }) => marks.map((mark) => marble(mark, colours))),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(recording.title)}</title>`,
    '<desc>',
    ...[says, ...recording.lanes.map(words)].map(escaped),
    '</desc>',
    `<style>${STYLE}@media(prefers-color-scheme:dark){${STYLE_DARK}}</style>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

/** A lane in words, for readers who cannot see it and for reading diffs. */
function words({ name, side, marks }: Lane): string {
  const told = marks.map(({ at, kind, text }) => `${at} ${kind === 'complete' ? 'completes' : kind === 'error' ? `fails with ${text}` : text}`);
  return `${name} (${side}): ${told.join(', ')}`;
}

/** A tick and a faint line for each moment. */
function rules({ ticks, height, axisY }: Layout): string[] {
  return [
    ...ticks.map(({ x }) => `<line class="rule" x1="${x}" y1="${axisY + 8}" x2="${x}" y2="${height - 8}"/>`),
    `<text class="name" x="14" y="${axisY}">ms</text>`,
    ...ticks.map(({ x, text }) => `<text class="tick" x="${x}" y="${axisY}">${text}</text>`),
  ];
}

function line({ name, y, lines }: PlacedLane): string[] {
  return [
    `<text class="name" x="14" y="${y + 4}">${escaped(name)}</text>`,
    ...lines.flatMap(({ from, to, open }) => [
      `<line class="line" x1="${from}" y1="${y}" x2="${to}" y2="${y}"/>`,
      // An arrow head if the line goes on beyond the picture.
      ...(open ? [`<path class="head" d="M${to - 7} ${y - 5}L${to} ${y}L${to - 7} ${y + 5}"/>`] : []),
    ]),
  ];
}

/** A colour for each text: equal values have the same colour on every lane. */
function marble({ kind, text, x, y, width }: Placed, colours: Map<string, number>): string {
  if (kind === 'complete') return `<line class="end" x1="${x}" y1="${y - 16}" x2="${x}" y2="${y + 16}"/>`;
  if (kind === 'error') return `<path class="fault" d="M${x - 8} ${y - 8}L${x + 8} ${y + 8}M${x + 8} ${y - 8}L${x - 8} ${y + 8}"/><text class="mark error" x="${x}" y="${y + 26}">${escaped(text)}</text>`;
  if (!colours.has(text)) colours.set(text, colours.size % LIGHT.length);
  const shape = `<rect class="marble c${colours.get(text)}" x="${x - width / 2}" y="${y - MARBLE / 2}" width="${width}" height="${MARBLE}" rx="${MARBLE / 2}"/>`;
  return `${shape}<text class="mark" x="${x}" y="${y + 4.5}">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
