/** The straight line through a series of samples, by least squares. */

/** @returns how much the line rises from the first x to the last, and its mean */
export function trend(points) {
  const n = points.length;
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / n;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope = spread === 0 ? 0 : points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  return { rise: slope * (points.at(-1).x - points[0].x), mean: y };
}
