import { checkOptions, describeType, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import { DEFAULT_NAMESPACE } from '../model/index.js';
import { type ApiPromise, type ApiResponse, apiPromise, type ResponseInfo } from './api-promise.js';
import type { Operation } from './operation.js';
import type { CallOptions, NamespacedCallOptions } from './options.js';
import { type FetchPage, type PageParts, type PagePromise, pagePromise, repeatedPageError } from './page.js';
import type { Transport } from './transport.js';

/** What all calls of a resource have in common. */
export interface ApiScope {
  /** The namespace of every call, which then has no option of that name. Default: each call's own, else the client's. */
  readonly namespace?: string | undefined;
  /** The name under which errors and hooks report the calls. Default: each call's own. */
  readonly operation?: string;
}

/** A call: its options, and the names of all options that it has. */
export interface ApiCall<R extends object, O extends CallOptions> extends Omit<Operation<R>, 'safe'> {
  readonly options: O;
  readonly optionNames: OptionNames<O>;
}

/** A list call: how one page is requested, and where its entries are in the response. */
export interface ListCall<R extends object, T, O extends CallOptions> {
  readonly name: string;
  readonly options: O;
  readonly optionNames: OptionNames<O>;
  readonly problem: NonNullable<Operation<R>['problem']>;
  /** The id, its beginning or the name of the job whose list it is. */
  readonly jobId?: string;
  readonly send: (
    page: { readonly nextToken: string | undefined; readonly pageSize: number | undefined },
    ...parameters: Parameters<Operation<R>['send']>
  ) => ReturnType<Operation<R>['send']>;
  readonly toPage: (body: R, remaining: O, response: ResponseInfo) => PageParts<T> | Promise<PageParts<T>>;
  /** Entries per page when the list is iterated without a limit of its own. */
  readonly walkSize?: number | undefined;
  /** Identifies an entry, where pages may overlap. */
  readonly key?: (item: T) => string | undefined;
}

/** Makes calls of the API, after a check of their options. */
export class ApiResource {
  readonly transport: Transport;
  readonly #scope: ApiScope;

  constructor(transport: Transport, scope: ApiScope = {}) {
    this.transport = transport;
    this.#scope = scope;
  }

  /** Makes a call that only reads, and so may be repeated. */
  read<R extends object, O extends CallOptions>(call: ApiCall<R, O>): ApiPromise<R> {
    return this.#call(call, true);
  }

  /** Makes a call that changes something, and so is sent once. */
  write<R extends object, O extends CallOptions>(call: ApiCall<R, O>): ApiPromise<R> {
    return this.#call(call, false);
  }

  /** Makes a call that returns a list page by page. */
  list<R extends object, T, O extends CallOptions>(call: ListCall<R, T, O>): PagePromise<T> {
    const { options, optionNames, problem, jobId, send, toPage, walkSize, key } = call;
    const name = this.#scope.operation ?? call.name;
    const fetch: FetchPage<T> = async ({ nextToken, pageSize, earlierTokens }) => {
      this.#check(options, optionNames);
      const sendPage: Operation<R>['send'] = (apis, request) => send({ nextToken, pageSize }, apis, request);
      const about = jobId === undefined ? { problem } : { problem, jobId };
      const remaining = this.transport.shareTimeout(options);
      const request = this.transport.call({ name, call: call.name, safe: true, ...about, send: sendPage }, options);
      const { data, response } = await request.withResponse();
      const parts = await toPage(data, remaining(), response);
      if (!parts.end && earlierTokens?.has(parts.nextToken)) throw repeatedPageError(name, parts.nextToken, response);
      return { data: parts, response };
    };
    return pagePromise({ operation: name, fetch, walkSize, key });
  }

  /** Returns the namespace of a call: its own, else the client's; undefined where the server decides. */
  namespace(options: NamespacedCallOptions): string | undefined {
    if ('namespace' in this.#scope) return this.#scope.namespace;
    const { namespace } = options;
    if (namespace !== undefined && typeof namespace !== 'string') {
      throw new InvalidArgumentError('namespace', `must be a string, not ${describeType(namespace)}.`);
    }
    return this.transport.namespaceFor(options);
  }

  /** Returns the namespace of a call that needs one: its own, else the client's, else the servers' default. */
  requiredNamespace(options: NamespacedCallOptions): string {
    return this.namespace(options) ?? DEFAULT_NAMESPACE;
  }

  #call<R extends object, O extends CallOptions>(call: ApiCall<R, O>, safe: boolean): ApiPromise<R> {
    const { options, optionNames, ...operation } = call;
    const name = this.#scope.operation ?? operation.name;
    const response = new Promise<ApiResponse<R>>((resolve) => {
      this.#check(options, optionNames);
      resolve(this.transport.call({ ...operation, name, call: operation.name, safe }, options).withResponse());
    });
    return apiPromise(response);
  }

  #check<O extends CallOptions>(options: O, names: OptionNames<O>): void {
    const known: Record<string, true> = { ...names };
    if ('namespace' in this.#scope) delete known['namespace'];
    checkOptions<object>(options, known);
  }
}

/** Converts a response with the usual fields of a list into a page. */
export function itemsPage<T>({
  Items,
  NextToken,
}: {
  readonly Items: readonly T[];
  readonly NextToken?: string | null;
}): PageParts<T> {
  return { items: Items, nextToken: NextToken ?? '', end: Items.length === 0 };
}
