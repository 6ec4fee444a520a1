import { setTimeout as delay } from 'node:timers/promises';

/** Looks until a condition holds; fails when it does not within the limit. */
export async function poll(what: string, condition: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await condition()); await delay(25)) {
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
  }
}
