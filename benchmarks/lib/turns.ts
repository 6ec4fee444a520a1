/** What each round gave, by contestant. */
export interface Rounds<K, T> {
  of(contestant: K): readonly T[];
}

/**
 * Runs all contestants once a round, each round in another order, so that neither what else the machine does nor who
 * comes first falls on one of them alone.
 */
export async function inTurns<K extends string, T>(
  rounds: number,
  contestants: Readonly<Record<K, (round: number) => Promise<T>>>,
): Promise<Rounds<K, T>> {
  const ways = Object.entries<(round: number) => Promise<T>>(contestants);
  const results = new Map<string, T[]>(ways.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of inOrder(ways, round)) results.get(name)?.push(await run(round));
  }
  return { of: (name) => results.get(name) ?? [] };
}

/** Begins with another one each round; every second time around backwards. */
function inOrder<W>(ways: readonly W[], round: number): readonly W[] {
  const start = round % ways.length;
  const turned = [...ways.slice(start), ...ways.slice(0, start)];
  return Math.floor(round / ways.length) % 2 === 0 ? turned : turned.reverse();
}
