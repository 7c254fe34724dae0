/** The dashboard and the alarms of the example fleet query only figures that a node reports, and all of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { healthReport } from '../../../src/cli/node/health.js';

const read = (name: string): string => readFileSync(new URL(`../../../docs/examples/fleet/${name}`, import.meta.url), 'utf8');

interface Source {
  readonly type: string;
  readonly uid: string;
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly description: string;
  readonly datasource: Source;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly datasource: Source }[];
}
interface Dashboard {
  readonly __inputs: readonly { readonly name: string; readonly type: string; readonly pluginId: string }[];
  readonly __requires: readonly { readonly type: string; readonly id: string }[];
  readonly panels: readonly Panel[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
}

const dashboard = JSON.parse(read('grafana.json')) as Dashboard;
const { panels } = dashboard;
const rules = (parse(read('alerts.yaml')) as { groups: readonly { rules: readonly Rule[] }[] }).groups.flatMap((group) => group.rules);
const prometheus = parse(read('prometheus.yaml')) as {
  rule_files: readonly string[];
  scrape_configs: readonly { job_name: string; metrics_path: string; static_configs: readonly { targets: readonly string[] }[] }[];
};
const [job] = prometheus.scrape_configs;

/** The names of the figures that a node prints. */
const PRINTED = [...healthReport('/metrics', { status: 'serving', id: 'n-1', sessions: 3, moved: 0 }, 500).body.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!);
/** A figure of Prometheus itself: whether a node answered. */
const OF_PROMETHEUS = 'up';

/** The names of figures in a PromQL expression: a word before its labels. All of ours and `up` have labels. */
const figures = (expr: string): string[] => [...expr.matchAll(/([a-z_:][a-z0-9_:]*)\{/gi)].map(([, name]) => name!);
const asked = (exprs: readonly string[]): string[] => [...new Set(exprs.flatMap(figures))].sort();
const onDashboard = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

describe('the dashboard of a fleet', () => {
  it('asks for each figure that a node prints, and for no other', () => {
    expect(PRINTED).toHaveLength(5);
    expect(asked(onDashboard)).toEqual([...PRINTED, OF_PROMETHEUS].sort());
  });

  it('can be imported: it asks for the datasource, and names each kind of panel', () => {
    const [input, ...more] = dashboard.__inputs;
    expect([input, more]).toEqual([expect.objectContaining({ name: 'DS_PROMETHEUS', type: 'datasource', pluginId: 'prometheus' }), []]);
    const source = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };
    for (const { datasource, targets } of panels) expect([datasource, ...targets.map((target) => target.datasource)]).toEqual([source, ...targets.map(() => source)]);
    const kinds = (type: string): string[] => dashboard.__requires.filter((one) => one.type === type).map(({ id }) => id);
    expect([kinds('datasource'), kinds('panel').sort()]).toEqual([['prometheus'], [...new Set(panels.map(({ type }) => type))].sort()]);
  });

  it('has panels that say what they show, each with a place of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`));
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x < 0 || x + w > 24)).toEqual([]);
    expect(panels.filter(({ title, description, targets }) => title === '' || description === '' || targets.length === 0)).toEqual([]);
  });
});

describe('the alarms of a fleet', () => {
  it('ask for what a node prints, and for whether it answers', () => {
    expect(rules.length).toBeGreaterThan(0);
    expect(asked(rules.map(({ expr }) => expr)).filter((name) => ![...PRINTED, OF_PROMETHEUS].includes(name))).toEqual([]);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('are those of the page on fleets', () => {
    const page = readFileSync(new URL('../../../docs/fleets.md', import.meta.url), 'utf8');
    const full = /over ([\d.]+) on most nodes/.exec(page)![1]!;
    const uneven = /how even the fleet is \| over ([\d.]+)/.exec(page)![1]!;
    expect(rules.find(({ alert }) => alert === 'RxvoiceFleetFull')!.expr).toContain(`> ${full}`);
    expect(rules.find(({ alert }) => alert === 'RxvoiceFleetUneven')!.expr).toMatch(new RegExp(`> ${uneven}$`));
  });

  it('and the dashboard go by the job that Prometheus has', () => {
    expect([prometheus.rule_files, job!.metrics_path]).toEqual([['alerts.yaml'], '/metrics']);
    const jobs = [...onDashboard, ...rules.map(({ expr }) => expr)].flatMap((expr) => [...expr.matchAll(/\{([^}]*)\}/g)].map(([, labels]) => labels));
    expect(new Set(jobs)).toEqual(new Set([`job="${job!.job_name}"`]));
  });
});
