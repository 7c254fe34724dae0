/** Reads V8's heap snapshots: flat JSON lists of numbers, with the field names in the file itself. */
import { readFile } from 'node:fs/promises';

/** Kinds whose names are their content, not their purpose; these are counted by kind. */
const BY_KIND = new Set(['string', 'concatenated string', 'sliced string', 'number', 'regexp', 'symbol', 'bigint', 'object shape']);
const WITH_NAME = new Set(['array', 'native', 'hidden', 'code']);

/** Bytes and number of objects by constructor; functions by their source location. */
export async function readHeap(file) {
  const heap = new Snapshot(JSON.parse(await readFile(file, 'utf8')));
  const entries = new Map();
  for (let node = 0; node < heap.size; node++) {
    const key = keyOf(heap, node);
    const entry = entries.get(key) ?? { bytes: 0, count: 0 };
    entry.bytes += heap.field(node, 'self_size');
    entry.count += 1;
    entries.set(key, entry);
  }
  return entries;
}

/** The growth per session when `count` sessions are added, most bytes first. */
export function difference(before, after, count) {
  const rows = [...after].map(([name, { bytes, count: objects }]) => {
    const was = before.get(name) ?? { bytes: 0, count: 0 };
    return { name, bytes: (bytes - was.bytes) / count, count: (objects - was.count) / count };
  });
  return rows.filter(({ bytes }) => bytes > 0.5).sort((a, b) => b.bytes - a.bytes);
}

function keyOf(heap, node) {
  const kind = heap.kind(node);
  const name = heap.name(node);
  if (BY_KIND.has(kind)) return `(${kind})`;
  if (WITH_NAME.has(kind)) return `(${kind}) ${name}`;
  return kind === 'closure' ? `${name || 'function'}() ${heap.placeOf(node)}` : name;
}

class Snapshot {
  #nodes;
  #edges;
  #strings;
  #types;
  #width;
  #fields;
  #edgeWidth;
  #edgeName;
  #edgeTo;
  /** Index of the first edge of each node. */
  #edgesOf;
  /** Source line of each closure. */
  #lines = new Map();

  constructor({ snapshot: { meta }, nodes, edges, strings, locations }) {
    this.#nodes = nodes;
    this.#edges = edges;
    this.#strings = strings;
    this.#types = meta.node_types[0];
    this.#width = meta.node_fields.length;
    this.#fields = Object.fromEntries(meta.node_fields.map((field, i) => [field, i]));
    this.#edgeWidth = meta.edge_fields.length;
    this.#edgeName = meta.edge_fields.indexOf('name_or_index');
    this.#edgeTo = meta.edge_fields.indexOf('to_node');
    this.#edgesOf = new Uint32Array(this.size + 1);
    for (let node = 0; node < this.size; node++) this.#edgesOf[node + 1] = this.#edgesOf[node] + this.field(node, 'edge_count');
    const [object, line, width] = [meta.location_fields.indexOf('object_index'), meta.location_fields.indexOf('line'), meta.location_fields.length];
    for (let i = 0; i < locations.length; i += width) this.#lines.set(locations[i + object] / this.#width, locations[i + line] + 1);
  }

  get size() {
    return this.#nodes.length / this.#width;
  }

  field(node, name) {
    return this.#nodes[node * this.#width + this.#fields[name]];
  }

  kind(node) {
    return this.#types[this.field(node, 'type')];
  }

  name(node) {
    return this.#strings[this.field(node, 'name')];
  }

  /** `file:line` of a function; empty for V8's own functions. */
  placeOf(closure) {
    const shared = this.#to(closure, 'shared');
    const script = this.#to(shared, 'script') ?? this.#to(shared, 'script_or_debug_info');
    if (script === undefined) return '';
    const file = this.name(script).replace(/^.*\/(dist|node_modules)\//, '');
    return `${file}:${this.#lines.get(closure)}`;
  }

  #to(node, edge) {
    if (node === undefined) return undefined;
    for (let i = this.#edgesOf[node]; i < this.#edgesOf[node + 1]; i++) {
      if (this.#strings[this.#edges[i * this.#edgeWidth + this.#edgeName]] === edge) return this.#edges[i * this.#edgeWidth + this.#edgeTo] / this.#width;
    }
    return undefined;
  }
}
