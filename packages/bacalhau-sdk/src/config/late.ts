import type { FileSettings } from './files.js';

/** Loaded where there are files, proxies and certificates to look after, which is not in browsers. */
const machine = () => import('./machine.js');
type Machine = typeof import('./machine.js');

export async function readFileSettings(...args: Parameters<Machine['readFileSettings']>): Promise<FileSettings> {
  return (await machine()).readFileSettings(...args);
}

export async function readAuthority(...args: Parameters<Machine['readAuthority']>): Promise<string> {
  return (await machine()).readAuthority(...args);
}

export async function proxyFor(...args: Parameters<Machine['proxyFor']>): Promise<URL | undefined> {
  return (await machine()).proxyFor(...args);
}
