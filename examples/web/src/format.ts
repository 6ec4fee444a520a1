const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Returns a relative time, for example `5 min. ago`. */
export function ago(time: Date, now = Date.now()): string {
  const seconds = (time.getTime() - now) / 1_000;
  const [unit, size] = STEPS.find(([, length]) => -seconds >= length) ?? [];
  if (unit === undefined || size === undefined) return 'just now';
  return relative.format(Math.round(seconds / size), unit);
}

/** Converts the time of a job, in nanoseconds since 1970. */
export const ofNanoseconds = (nanoseconds: number): Date => new Date(nanoseconds / 1e6);

export function seconds(milliseconds: number): string {
  if (milliseconds < 100) return 'less than 0.1 s';
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(milliseconds / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.round((milliseconds % 60_000) / 1_000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

export function bytes(count: number): string {
  if (count === 1) return '1 byte';
  let unit = 0;
  let value = count;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Shortens an id to its letter and first block. */
export const shortId = (id: string): string => /^[a-z]-[0-9a-f]{8}(?=-)/.exec(id)?.[0] ?? id;
