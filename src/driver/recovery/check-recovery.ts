/** The checks of callers' recovery settings: changes to the table, and what their function returned. */
import { amount, count, fields, oneOf, variants, type Check } from '../../checks/check.js';
import { VoiceOptionsError } from '../../errors.js';
import type { Recovery, VoiceFault } from '../../fault.js';
import type { EndReason } from '../../types.js';
import type { RecoveryBudget, RecoveryChanges, RecoveryTable } from './recovery-table.js';

const END_REASONS = Object.keys({ left: 1, kicked: 1, 'call-ended': 1, 'gateway-closed': 1 } satisfies Record<EndReason, 1>);
const MS = amount('ms, 0 or more', 0);
const TRIES = count('a whole number of tries, 1 or more', 1);
/** The field that tells the variants apart was already checked. */
const known: Check = () => undefined;

type Checks<T> = { readonly [Name in keyof Required<T>]: Check };
type Actions = Checks<Record<Recovery['action'], unknown>>;

const end = fields({ action: known, reason: oneOf(END_REASONS) }, ['reason']);
const fail = fields({ action: known });

const rungRule = fields({ action: known, tries: TRIES });
const rule: Check = variants('action', {
  resume: rungRule,
  reidentify: rungRule,
  rejoin: rungRule,
  wait: fields({ action: known, ms: MS, then: (name, value) => rule(name, value) }),
  end,
  fail,
} satisfies Actions);

const rung = fields({ action: known, delay: MS }, ['delay']);
const recovery: Check = variants('action', {
  resume: rung,
  reidentify: rung,
  rejoin: rung,
  wait: fields({ action: known, delay: MS, then: (name, value) => recovery(name, value) }, ['delay']),
  end,
  fail,
} satisfies Actions);

const closeCode = count('a close code, 1000 to 4999', 1_000, 4_999);
const closed: Check = (name, value) => {
  const codes = Object.keys(value ?? {});
  for (const code of codes) closeCode(`${name}.${code}`, Number(code));
  fields(Object.fromEntries(codes.map((code) => [code, rule])))(name, value);
};

const changes = fields({
  closed,
  closedOther: fields({ below4000: rule, above: rule } satisfies Checks<RecoveryTable['closedOther']>),
  acks: rule,
  timeout: rule,
  firstTimeout: rule,
  udp: rule,
  'no-endpoint': rule,
  moved: rule,
  'new-token': rule,
  'gateway-reidentified': rule,
  kicked: rule,
  'call-ended': rule,
} satisfies Checks<RecoveryTable>);

const budget = fields({
  tries: count('a whole number of tries, 0 or more', 0),
  firstDelay: MS,
  maxDelay: MS,
} satisfies Checks<RecoveryBudget>);

/** @throws VoiceOptionsError if a change of the table, or the budget, is invalid */
export function checkChanges(changed: RecoveryChanges, bounds: RecoveryBudget): void {
  changes('recoverBy', changed);
  budget('recoverBy', bounds);
}

/** Checks what the caller's `recovery` returned. @throws VoiceOptionsError if it is not a {@link Recovery} */
export function checkedRecovery(returned: unknown, fault: VoiceFault): Recovery {
  if (returned === undefined || returned === null)
    throw new VoiceOptionsError(
      'recovery',
      `returned ${String(returned)} for a fault of type '${fault.type}'. It must return a Recovery for each: ask ` +
        "defaultRecovery(fault, attempt) for those that you leave to it, or return { action: 'fail' }",
    );
  recovery('recovery()', returned);
  return returned as Recovery;
}
