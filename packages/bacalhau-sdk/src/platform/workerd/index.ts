import { platform as browser } from '../browser/index.js';
import type { Platform } from '../platform.js';
import { openWebSocket } from './web-socket.js';

/** Cloudflare Workers: a browser's platform, with a WebSocket that carries headers. */
export const platform: Platform = { ...browser, openWebSocket };
