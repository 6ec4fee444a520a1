import { InvalidJobError } from '../errors/index.js';
import { quoteName } from '../model/index.js';

/** Splits the path that a job finds a file at. */
export function splitTarget(target: string): { readonly parent: string; readonly fileName: string } {
  const clean = target.replace(/\/+$/, '');
  const at = clean.lastIndexOf('/');
  const fileName = clean.slice(at + 1);
  const parent = clean.slice(0, Math.max(0, at));
  if (!['', '.', '..'].includes(fileName) && !/\p{Surrogate}/u.test(fileName)) return { parent, fileName };
  throw new InvalidJobError('target', `is ${quoteName(target)}, which is not the path of a file.`);
}
