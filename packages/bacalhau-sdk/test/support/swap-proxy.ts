import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const JOBS = '^/api/v1/orchestrator/jobs';
const KINDS = {
  put: ['PUT', new RegExp(`${JOBS}$`)],
  list: ['GET', new RegExp(`${JOBS}$`)],
  get: ['GET', new RegExp(`${JOBS}/[^/]+$`)],
  stop: ['DELETE', new RegExp(`${JOBS}/[^/]+$`)],
  executions: ['GET', new RegExp(`${JOBS}/[^/]+/executions$`)],
  history: ['GET', new RegExp(`${JOBS}/[^/]+/history$`)],
  results: ['GET', new RegExp(`${JOBS}/[^/]+/results$`)],
  versions: ['GET', new RegExp(`${JOBS}/[^/]+/versions$`)],
  rerun: ['PUT', new RegExp(`${JOBS}/[^/]+/rerun$`)],
  logs: ['GET', new RegExp(`${JOBS}/[^/]+/logs$`)],
  nodes: ['GET', /^\/api\/v1\/orchestrator\/nodes$/],
  node: ['GET', /^\/api\/v1\/orchestrator\/nodes\/[^/]+$/],
} as const satisfies Record<string, readonly [string, RegExp]>;

/** What a call is, without the job that it is about. */
export type CallKind = keyof typeof KINDS;

export const CALL_KINDS = Object.keys(KINDS) as readonly CallKind[];

export interface SwapAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A call that the server carried out, and what it answered; `given` is what the client got instead. */
export interface SwapExchange {
  readonly kind: CallKind | undefined;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly answer: SwapAnswer;
  readonly given: SwapAnswer;
}

export interface SwapProxy extends AsyncDisposable {
  /** To be used in place of the target. */
  readonly url: string;
  /**
   * The next two calls of the kind get each other's answers; of two log streams, each is opened with the other's path.
   * The first is held until the second has its answer. Resolves when both were given; rejects if no second one came in
   * time: then the first got its own.
   */
  swapNext(kind: CallKind): Promise<void>;
  /**
   * The next call of the kind is carried out, and answered with this. A log stream is opened with another path instead.
   * Resolves when it was given.
   */
  answerNext(kind: Exclude<CallKind, 'logs'>, answer: SwapAnswer): Promise<void>;
  answerNext(kind: 'logs', path: string): Promise<void>;
  /** Every whole answer so far, in order. Log streams are not among them. */
  readonly exchanges: readonly SwapExchange[];
}

/** How long the first of two calls is held for the second, in milliseconds. */
const HELD_MS = 10_000;

/** What is to happen to a call of a kind: `T` is its answer, of a log stream its path. */
interface Order<T> {
  /** Resolves with what the call is given in place of its own. */
  take(own: T): Promise<T>;
  /** Whether it wants no more calls. */
  readonly isDone: boolean;
}

/**
 * Stands in front of a real server and gives answers to the wrong call, as servers up to 1.9.3 do when clients break
 * requests off, but when it is told to. Everything else passes unchanged.
 */
export async function swapProxy(target: string, { heldMs = HELD_MS } = {}): Promise<SwapProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Duplex>();
  const timers = new Set<NodeJS.Timeout>();
  const exchanges: SwapExchange[] = [];
  const answers = new Map<CallKind, Order<SwapAnswer>[]>();
  const paths = new Map<'logs', Order<string>[]>();

  function exchange<T>(kind: CallKind): { readonly order: Order<T>; readonly done: Promise<void> } {
    let first: { readonly own: T; give(other: T): void } | undefined;
    let calls = 0;
    let settle = { resolve: (): void => undefined, reject: (_: Error): void => undefined };
    const done = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const order: Order<T> = {
      get isDone() {
        return calls >= 2;
      },
      take(own) {
        calls += 1;
        if (first !== undefined) {
          first.give(own);
          settle.resolve();
          return Promise.resolve(first.own);
        }
        return new Promise((resolve) => {
          const timer = setTimeout(() => {
            calls = 2;
            timers.delete(timer);
            settle.reject(new Error(`No second call of kind ${kind} came within ${heldMs} ms.`));
            resolve(own);
          }, heldMs);
          timers.add(timer);
          first = {
            own,
            give(other) {
              clearTimeout(timer);
              timers.delete(timer);
              resolve(other);
            },
          };
        });
      },
    };
    return { order, done };
  }

  function replacement<T>(other: T): { readonly order: Order<T>; readonly done: Promise<void> } {
    let isDone = false;
    let resolve = (): void => undefined;
    const done = new Promise<void>((settle) => {
      resolve = settle;
    });
    const order: Order<T> = {
      get isDone() {
        return isDone;
      },
      async take() {
        isDone = true;
        resolve();
        return other;
      },
    };
    return { order, done };
  }

  /** The order that wants the next call of the kind. It is asked at once, so that calls count in the order in which they came. */
  function orderFor<K, T>(orders: ReadonlyMap<K, readonly Order<T>[]>, kind: K): Order<T> | undefined {
    return orders.get(kind)?.find(({ isDone }) => !isDone);
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = incoming;
    const kind = kindOf(method, path);
    const own = await carryOut(incoming);
    const given = (await (kind === undefined ? undefined : orderFor(answers, kind))?.take(own)) ?? own;
    exchanges.push({ kind, method, path, answer: own, given });
    const { 'transfer-encoding': _, connection: __, 'keep-alive': ___, ...headers } = given.headers;
    outgoing.writeHead(given.status, { ...headers, 'content-length': given.body.length }).end(given.body);
  }

  function carryOut(incoming: IncomingMessage): Promise<SwapAnswer> {
    const { method, url: path, headers } = incoming;
    return new Promise((resolve, reject) => {
      const upstream = request({ hostname, port, method, path, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: Buffer.concat(chunks) });
        });
        response.on('error', reject);
      });
      upstream.on('error', reject);
      incoming.pipe(upstream);
    });
  }

  async function upgrade(incoming: IncomingMessage, client: Socket, first: Buffer): Promise<void> {
    const { method = '', url: own = '' } = incoming;
    client.on('error', () => undefined);
    client.on('end', () => client.destroy());
    const order = kindOf(method, own) === 'logs' ? orderFor(paths, 'logs') : undefined;
    const path = (await order?.take(own)) ?? own;
    if (client.destroyed) return;
    const server = connect(Number(port), hostname);
    sockets.add(server);
    server.on('close', () => {
      sockets.delete(server);
      client.destroy();
    });
    server.on('error', () => server.destroy());
    client.on('close', () => server.destroy());
    server.write(headOf(incoming, path));
    server.write(first);
    client.pipe(server).pipe(client);
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined);
    // A server that is gone is for the client to see as just that.
    answer(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, first: Buffer) => {
    if (socket instanceof Socket) void upgrade(incoming, socket, first);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;

  function give<K, T>(
    orders: Map<K, Order<T>[]>,
    kind: K,
    { order, done }: { readonly order: Order<T>; readonly done: Promise<void> },
  ): Promise<void> {
    orders.set(kind, [...(orders.get(kind) ?? []), order]);
    return done;
  }
  return {
    url: `http://127.0.0.1:${own}`,
    exchanges,
    swapNext: (kind) =>
      kind === 'logs' ? give(paths, kind, exchange<string>(kind)) : give(answers, kind, exchange<SwapAnswer>(kind)),
    answerNext: (kind: CallKind, other: SwapAnswer | string) =>
      typeof other === 'string' ? give(paths, 'logs', replacement(other)) : give(answers, kind, replacement(other)),
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function kindOf(method: string, url: string): CallKind | undefined {
  const [path = ''] = url.split('?');
  return CALL_KINDS.find((kind) => KINDS[kind][0] === method && KINDS[kind][1].test(path));
}

function headOf({ method, rawHeaders }: IncomingMessage, path: string): string {
  const lines = [`${method} ${path} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
