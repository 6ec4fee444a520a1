import { platform as browser } from '../browser/index.js';
import type { Platform } from '../platform.js';
import { gunzip } from './gunzip.js';

/** The edge runtimes of Next and Vercel: a browser's platform, without its decompression. */
export const platform: Platform = { ...browser, gunzip };
