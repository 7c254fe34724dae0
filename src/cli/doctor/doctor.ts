/** Runs the checks, one after the other: the clock must not be measured while other checks keep the machine busy. */
import type { Teller } from '../report.js';
import { bad, saidBy, type Check, type Finding, type Verdict } from './check.js';

/** The output of the doctor: `check` for each check, then `summary` with the number of each verdict. */
export type DoctorFact =
  | ({ readonly type: 'check'; readonly name: string } & Finding)
  | ({ readonly type: 'summary' } & Readonly<Record<Verdict, number>>);

export type DoctorTeller = Teller<DoctorFact>;

/** Returns the exit status: 1 if a check is bad. */
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

/** An error within a check is reported as its result, so the other checks still run. */
async function findingOf(check: Check): Promise<Finding> {
  try {
    return await check.run();
  } catch (error) {
    return bad(`could not be checked: ${saidBy(error)}`, 'report this: it is a mistake of rxvoice');
  }
}
