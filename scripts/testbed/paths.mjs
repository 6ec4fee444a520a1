import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const parent = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');

/** What is worth keeping between runs, per user: the layers of the images, the IPFS program, the last logs. */
export const cacheFolder = path.join(parent, 'bacalhau-testbed');

/** Is `program` on the search path? Administrators' folders count even where a login shell leaves them out. */
export function findProgram(/** @type {string} */ program, searchPath = process.env['PATH'] ?? '') {
  const folders = [...searchPath.split(path.delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter(Boolean)
    .map((folder) => path.join(folder, program))
    .find(isExecutable);
}

function isExecutable(/** @type {string} */ file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
