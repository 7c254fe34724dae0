/** A clock that is advanced by hand; hours cost only the work done in them. (rxjs' VirtualTimeScheduler keeps all past actions.) */
import { Subscription } from 'rxjs';

/** A waiting action that can reschedule itself, like an rxjs action. */
class ManualAction extends Subscription {
  due = 0;

  constructor(clock, work) {
    super();
    this.clock = clock;
    this.work = work;
  }

  schedule(state, delay = 0) {
    this.state = state;
    this.due = this.clock.now() + Math.max(0, delay);
    this.clock.insert(this);
    return this;
  }
}

export class ManualScheduler {
  #now = 0;
  /** Sorted, with the earliest last. */
  #waiting = [];

  now() {
    return this.#now;
  }

  schedule(work, delay = 0, state) {
    return new ManualAction(this, work).schedule(state, delay);
  }

  insert(action) {
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1].due <= action.due) at -= 1;
    this.#waiting.splice(at, 0, action);
  }

  /** Runs all actions that are due until then, each at its time. */
  advanceTo(time) {
    for (let next = this.#waiting.at(-1); next !== undefined && next.due <= time; next = this.#waiting.at(-1)) {
      this.#waiting.pop();
      this.#now = next.due;
      if (!next.closed) next.work.call(next, next.state);
    }
    this.#now = time;
  }
}
