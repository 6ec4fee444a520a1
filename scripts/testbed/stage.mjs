/**
 * Does something and says how long it took, in one line.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
export async function stage(name, work) {
  const begin = performance.now();
  const result = await work();
  console.log(`testbed: ${name} ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  return result;
}
