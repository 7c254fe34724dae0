/** What `rxvoice doctor` finds, and how it shows it. */
import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { bad, ok, warn, type Check } from '../../../src/cli/doctor/check.js';
import { clockFinding } from '../../../src/cli/doctor/checks/clock.js';
import { withoutHome } from '../../../src/cli/doctor/checks/sound.js';
import { nodeFinding } from '../../../src/cli/doctor/checks/system.js';
import { token } from '../../../src/cli/doctor/checks/token.js';
import { runDoctor, type DoctorFact } from '../../../src/cli/doctor/doctor.js';
import { doctorLines } from '../../../src/cli/doctor/screen.js';
import { columnsOf } from '../../../src/cli/terminal/text.js';

const GOOD: Check = { name: 'good', run: () => ok('is good') };
const ODD: Check = { name: 'odd', run: () => warn('is odd', 'do this, or that, whichever is the easier of the two, and come back tomorrow') };
const BROKEN: Check = { name: 'broken', run: () => bad('is broken', 'mend it') };
const THROWS: Check = { name: 'throws', run: () => Promise.reject(new Error('no such thing\nat line 1')) };

async function report(checks: readonly Check[]): Promise<{ status: number; facts: DoctorFact[] }> {
  const facts: DoctorFact[] = [];
  return { status: await runDoctor(checks, { tell: (fact) => facts.push(fact) }), facts };
}

describe('the doctor', () => {
  it.each([
    [[GOOD], 0, { ok: 1, warn: 0, bad: 0 }],
    [[GOOD, ODD], 0, { ok: 1, warn: 1, bad: 0 }],
    [[ODD, BROKEN, GOOD], 1, { ok: 1, warn: 1, bad: 1 }],
    [[THROWS, GOOD], 1, { ok: 1, warn: 0, bad: 1 }],
  ])('sums up, and exits with 1 where something is bad', async (checks, status, counts) => {
    const told = await report(checks);
    expect(told.status).toBe(status);
    expect(told.facts.at(-1)).toEqual({ type: 'summary', ...counts });
    expect(told.facts).toHaveLength(checks.length + 1);
  });

  it('goes on where a check fails by itself, and says the first line of why', async () => {
    const { facts } = await report([THROWS]);
    expect(facts[0]).toMatchObject({ verdict: 'bad', detail: 'could not be checked: no such thing' });
  });

  it('fits terminals from 20 columns on, and shows every word of the cure', async () => {
    const { facts } = await report([GOOD, ODD, BROKEN]);
    for (let columns = 20; columns <= 160; columns++) {
      const lines = facts.flatMap((fact) => doctorLines(fact, columns, true));
      for (const line of lines.slice(0, -1)) expect(columnsOf(line), `${columns}: ${line}`).toBeLessThan(columns);
      const text = lines.join(' ').replace(/\s+/g, ' ');
      expect(text).toContain('whichever is the easier of the two, and come back tomorrow');
    }
  });
});

describe('its checks', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.9', 'bad'],
    ['18.20.0', 'bad'],
  ])('Node %s is %s', (version, verdict) => expect(nodeFinding({ node: version }).verdict).toBe(verdict));

  it.each([
    [Array<number>(50).fill(0.4), 'ok'],
    [[...Array<number>(49).fill(0.4), 80], 'ok'],
    [[...Array<number>(40).fill(0.4), ...Array<number>(10).fill(15)], 'warn'],
    [Array<number>(50).fill(25), 'warn'],
  ])('a clock is judged by most of its ticks', (lateness, verdict) => expect(clockFinding(lateness).verdict).toBe(verdict));

  it.each([
    [undefined, 'ok'],
    ['', 'ok'],
    ['MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs', 'ok'],
    ['Bot MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs', 'bad'],
    [' MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs', 'bad'],
  ])('a token is looked at, and not shown', async (value, verdict) => {
    const finding = await token({ DISCORD_TOKEN: value }).run();
    expect(finding.verdict).toBe(verdict);
    expect(JSON.stringify(finding)).not.toContain('MTk4');
  });

  it('tell no name of a user', () => {
    expect(withoutHome('/home/ada/bin/ffmpeg', '/home/ada')).toBe('~/bin/ffmpeg');
    expect(withoutHome('/usr/bin/ffmpeg', homedir())).toBe('/usr/bin/ffmpeg');
    expect(withoutHome('/usr/bin/ffmpeg', '/')).toBe('/usr/bin/ffmpeg');
  });
});
