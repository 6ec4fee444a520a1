/** The median and the quartiles of what was measured. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    samples: sorted.length,
  };
}

/** One measurement, which has no spread. */
export const single = (value: number): Spread => ({ median: value, low: value, high: value, samples: 1 });

/** The ratios of what was measured side by side. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): Spread =>
  spread(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));

/** Between neighbours linearly. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
