import type { ApiPromise, ApiResponse } from './api-promise.js';
import type { Operation } from './operation.js';
import type { CallOptions, NamespacedCallOptions } from './options.js';
import { type PageParts, type PagePromise, pagePromise } from './page.js';
import type { Transport } from './transport.js';

/** A list call: how one page is asked for, and where its entries are in the answer. */
export interface ListCall<R extends object, T> {
  readonly name: string;
  readonly options: CallOptions;
  /** The field of the answer that has the entries. Default: `Items`. */
  readonly list?: Operation<R>['requiredField'];
  readonly send: (
    page: { readonly nextToken: string | undefined; readonly pageSize: number | undefined },
    ...parameters: Parameters<Operation<R>['send']>
  ) => ReturnType<Operation<R>['send']>;
  readonly toPage: (answer: R) => PageParts<T> | Promise<PageParts<T>>;
  /** Entries a page when the list is looped over without a limit of its own. */
  readonly walkSize?: number | undefined;
  /** What tells entries apart, where pages may overlap. */
  readonly key?: (item: T) => string | undefined;
}

/** The ways in which resources use the transport. */
export class ApiResource {
  readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** A call that only reads, and so may be repeated. */
  read<T extends object>(name: string, options: CallOptions, send: Operation<T>['send']): ApiPromise<T> {
    return this.transport.call({ name, safe: true, send }, options);
  }

  /** A call that changes something, and so is sent once. */
  write<T extends object>(name: string, options: CallOptions, send: Operation<T>['send']): ApiPromise<T> {
    return this.transport.call({ name, safe: false, send }, options);
  }

  list<R extends object, T>({
    name,
    options,
    list = 'Items',
    send,
    toPage,
    walkSize,
    key,
  }: ListCall<R, T>): PagePromise<T> {
    const fetch = async (page: {
      nextToken?: string | undefined;
      pageSize?: number | undefined;
    }): Promise<ApiResponse<PageParts<T>>> => {
      const { nextToken, pageSize } = page;
      const sendPage: Operation<R>['send'] = (apis, request) => send({ nextToken, pageSize }, apis, request);
      const call = this.transport.call({ name, safe: true, requiredField: list, send: sendPage }, options);
      const { data, response } = await call.withResponse();
      return { data: await toPage(data), response };
    };
    return pagePromise({ fetch, walkSize, key });
  }

  namespace(options: NamespacedCallOptions): string | undefined {
    return this.transport.namespaceFor(options);
  }
}

/** The page that most list answers are. */
export function itemsPage<T>({
  Items,
  NextToken,
}: {
  readonly Items: readonly T[];
  readonly NextToken?: string;
}): PageParts<T> {
  return { items: Items, nextToken: NextToken ?? '', end: Items.length === 0 };
}
