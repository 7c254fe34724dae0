/** Checks of options that many functions have. */
import { functionOf, having, must } from './check.js';

export const SCHEDULER = having(['now', 'schedule'], 'a SchedulerLike, such as asyncScheduler of rxjs');
export const FLAG = must('true or false', (value) => typeof value === 'boolean');
export const LOG = functionOf('that is given each LogEvent');
export const RANDOM = functionOf('that is given a number and returns that many random bytes');
export const OBSERVABLE = having(['subscribe'], 'an Observable');
