/** Runs tasks later, in order: a client's `next` never sees its own effects before it returns. */
import { Subscription, type SchedulerLike } from 'rxjs';

/** One scheduled round at a time: tasks posted during a round run in the next. */
export class TaskQueue {
  #queue: (() => void)[] = [];
  #round = Subscription.EMPTY;
  #stopped = false;

  constructor(private readonly scheduler: SchedulerLike) {}

  /** Runs the task after those posted before it. */
  post(task: () => void): void {
    if (this.#stopped) return;
    this.#queue.push(task);
    if (this.#queue.length === 1) this.#round = this.scheduler.schedule(() => this.#run());
  }

  /** Drops the waiting tasks, and all that are posted from now on. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#round.unsubscribe();
  }

  #run(): void {
    const tasks = this.#queue;
    this.#queue = [];
    for (const task of tasks) if (!this.#stopped) task();
  }
}
