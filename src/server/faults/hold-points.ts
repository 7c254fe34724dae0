/** Points at which a fault can hold actions back: no action is lost, it only runs late, or never. */
export class HoldPoints<Point extends string> {
  readonly #held = new Map<Point, (() => void)[]>();

  /** Runs the action now, or when the point is released. */
  pass(point: Point, action: () => void): void {
    const held = this.#held.get(point);
    if (held === undefined) action();
    else held.push(action);
  }

  /** Holds back actions from now on; `false` runs them, in their order. */
  hold(point: Point, on: boolean): void {
    if (on) {
      if (!this.#held.has(point)) this.#held.set(point, []);
      return;
    }
    const held = this.#held.get(point) ?? [];
    this.#held.delete(point);
    for (const action of held) action();
  }
}
