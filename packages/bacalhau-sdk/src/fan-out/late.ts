import { LateIterator } from '../late-iterator.js';
import type { FanOutParts } from './fan-out.js';
import type { MapItem, MapOptions } from './options.js';

/** Loaded when it is first wanted: many programs submit one job at a time. */
export function fanOut<Input>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  parts: FanOutParts<Input>,
  options: MapOptions,
): AsyncIterableIterator<MapItem<Input>, void> {
  return new LateIterator(async () => (await import('./fan-out.js')).fanOut(inputs, parts, options));
}
