import type { Job, Resources } from 'bacalhau-apiclient';

/** What each execution of a job asks of its node: cores, bytes and numbers of GPUs. */
export type Demand = Readonly<Required<Pick<Resources, 'CPU' | 'Memory' | 'Disk' | 'GPU'>>>;

export const DIMENSIONS = ['CPU', 'Memory', 'Disk', 'GPU'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What orchestrators presume of a job that does not say (`JobDefaults` in pkg/config/defaults.go, 1.9.3). */
export const DEFAULT_DEMAND: Demand = { CPU: 0.5, Memory: 512e6, Disk: 0, GPU: 0 };

/**
 * Returns what a job asks for; what it leaves out, or what cannot be read, is the default. The server's copy of a job
 * leaves nothing out: it has the orchestrator's defaults (pkg/orchestrator/transformer, 1.9.3).
 */
export function demandOf(job: Pick<Job, 'Tasks'>, defaults: Demand): Demand {
  const given = job.Tasks[0]?.Resources;
  return {
    CPU: cores(given?.CPU) ?? defaults.CPU,
    Memory: bytes(given?.Memory) ?? defaults.Memory,
    Disk: bytes(given?.Disk) ?? defaults.Disk,
    GPU: cores(given?.GPU) ?? defaults.GPU,
  };
}

/** Returns the defaults, with those that the server's copy shows of what a submitted job left out. */
export function learnedDefaults(submitted: Pick<Job, 'Tasks'>, copy: Pick<Job, 'Tasks'>, defaults: Demand): Demand {
  const given = submitted.Tasks[0]?.Resources;
  const demand = demandOf(copy, defaults);
  const missing = DIMENSIONS.filter((dimension) => !given?.[dimension]);
  return { ...defaults, ...Object.fromEntries(missing.map((dimension) => [dimension, demand[dimension]])) };
}

/** Reads `2`, `0.5` or, in thousandths, `500m`. */
function cores(text: string | undefined): number | undefined {
  const [, number, milli] = /^\s*(\d*\.?\d+)\s*(m?)\s*$/i.exec(text ?? '') ?? [];
  if (number === undefined) return undefined;
  return milli === '' ? Number(number) : Number(number) / 1_000;
}

const UNITS = 'kmgtpe';

/** Reads a number of bytes with a unit: `512MB`, `1.5 Gi`. */
function bytes(text: string | undefined): number | undefined {
  const [, number, unit = '', binary] = /^\s*(\d*\.?\d+)\s*([kmgtpe]?)(i?)b?\s*$/i.exec(text ?? '') ?? [];
  if (number === undefined) return undefined;
  const power = unit === '' ? 0 : UNITS.indexOf(unit.toLowerCase()) + 1;
  return Number(number) * (binary === '' ? 1_000 : 1_024) ** power;
}
