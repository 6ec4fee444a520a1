import type { MiddlewareHandler } from 'hono';

/**
 * Rejects requests that are meant for another host, or that a page of another host makes. Without it, a page whose own name
 * has been rebound to this server's address is of the same origin as this server, and may do what its page may.
 *
 * @param hosts The names by which browsers know this server, with their ports, in lower case: `localhost:8080`.
 */
export const ownHost =
  (hosts: ReadonlySet<string>): MiddlewareHandler =>
  async (c, next) => {
    const origin = c.req.header('origin');
    // The URL is that of the request line, where it has one.
    const named = [c.req.header('host')?.toLowerCase(), new URL(c.req.url).host];
    if (origin !== undefined) named.push(URL.canParse(origin) ? new URL(origin).host : undefined);
    if (named.every((host) => host !== undefined && hosts.has(host))) return next();
    return c.json({ message: 'This server does not have that name.' }, 403);
  };
