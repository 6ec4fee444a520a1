/**
 * Runs all contestants once a round, each round in another order, so that neither what else the machine does nor who
 * comes first falls on one of them alone. Returns what each round gave, by contestant.
 */
export async function inTurns<K extends string, T>(
  rounds: number,
  contestants: Readonly<Record<K, (round: number) => Promise<T>>>,
): Promise<Readonly<Record<K, readonly T[]>>> {
  const names = Object.keys(contestants) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of inOrder(names, round)) results[name].push(await contestants[name](round));
  }
  return results;
}

/** Begins with another one each round; every second time around backwards. */
function inOrder<K>(names: readonly K[], round: number): readonly K[] {
  const start = round % names.length;
  const turned = [...names.slice(start), ...names.slice(0, start)];
  return Math.floor(round / names.length) % 2 === 0 ? turned : turned.reverse();
}
