/** Runs the checks, one after the other: the clock must not be measured while others keep the machine busy. */
import type { Teller } from '../report.js';
import { bad, saidBy, type Check, type Finding, type Verdict } from './check.js';

/** What the doctor tells: `check` for each, then the `summary` of how many have which verdict. */
export type DoctorFact =
  | ({ readonly type: 'check'; readonly name: string } & Finding)
  | ({ readonly type: 'summary' } & Readonly<Record<Verdict, number>>);

export type DoctorTeller = Teller<DoctorFact>;

/** Gives the exit status: 1 where a check is bad. */
export async function runDoctor(checks: readonly Check[], teller: DoctorTeller): Promise<number> {
  const count = { ok: 0, warn: 0, bad: 0 };
  for (const check of checks) {
    const finding = await findingOf(check);
    count[finding.verdict] += 1;
    teller.tell({ type: 'check', name: check.name, ...finding });
  }
  teller.tell({ type: 'summary', ...count });
  return count.bad > 0 ? 1 : 0;
}

/** A check that fails by itself is a finding, too: the others go on. */
async function findingOf(check: Check): Promise<Finding> {
  try {
    return await check.run();
  } catch (error) {
    return bad(`could not be checked: ${saidBy(error)}`, 'report this: it is a mistake of rxvoice');
  }
}
