/** One line of the report. */
export interface Figure {
  readonly about: string;
  readonly sdk: string;
  readonly axios: string;
  /** How they compare, and what is allowed. */
  readonly verdict: string;
  readonly within: boolean;
  /** Lines on what the figure consists of. */
  readonly details?: readonly string[];
}

export function show({ about, sdk, axios, verdict, within, details = [] }: Figure): string {
  const figure = `${within ? 'ok    ' : 'MISSED'} ${about.padEnd(40)} ${sdk.padStart(10)}  axios ${axios.padStart(10)}  ${verdict}`;
  return [figure, ...details.map((line) => `       ${line}`)].join('\n');
}

/** A cost as a multiple of that of axios. */
export function ratioFigure(
  about: string,
  {
    sdk,
    axios,
    limit,
    unit,
  }: { readonly sdk: number; readonly axios: number; readonly limit: number; readonly unit: string },
): Figure {
  const ratio = sdk / axios;
  return {
    about,
    sdk: `${sdk.toFixed(1)} ${unit}`,
    axios: `${axios.toFixed(1)} ${unit}`,
    verdict: `${ratio.toFixed(2)} times, at most ${limit}`,
    within: ratio <= limit,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
