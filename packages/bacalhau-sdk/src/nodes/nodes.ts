import {
  NodeAction,
  NodeApprovalFilter,
  NodeOrderBy,
  type NodeState,
  NodeStatusFilter,
  type UpdateNodeResponse,
} from 'bacalhau-apiclient';
import { checkIdentifier, checkLabels, checkLimit, checkOneOf, type OptionNames } from '../arguments/index.js';
import {
  type ApiPromise,
  ApiResource,
  type ApiResponse,
  apiPromise,
  CALL_OPTIONS,
  type CallOptions,
  mapped,
  nodeProblem,
  nodesProblem,
  type PagePromise,
  refusalError,
  type Transport,
} from '../http/index.js';
import { excerpt } from '../redaction/index.js';

/** Which nodes to list, and in which order. */
export interface ListNodesOptions extends CallOptions {
  /** Label selectors as in Kubernetes, all of which must match: `region=eu`, `gpu`, `!spot`. */
  readonly labels?: readonly string[] | undefined;
  /** Default: nodes in every state of approval. */
  readonly approval?: NodeApprovalFilter | undefined;
  /** Default: connected and disconnected nodes. */
  readonly status?: NodeStatusFilter | undefined;
  /** How many at most; 0 for all. Servers give no second page of nodes. Default: 0. */
  readonly limit?: number | undefined;
  /** Default: `id`. `available_…` sort the largest first. */
  readonly orderBy?: NodeOrderBy | undefined;
  /** Default: false. */
  readonly reverse?: boolean | undefined;
}

const LIST_NODES_OPTIONS: OptionNames<ListNodesOptions> = {
  ...CALL_OPTIONS,
  labels: true,
  approval: true,
  status: true,
  limit: true,
  orderBy: true,
  reverse: true,
};

/**
 * List and administer compute nodes.
 *
 * @example
 * ```ts
 * for await (const node of bacalhau.nodes.list({ status: 'connected' })) {
 *   console.log(node.Info.NodeID, node.Info.ComputeNodeInfo?.ExecutionEngines);
 * }
 * ```
 */
export class Nodes {
  readonly #api: ApiResource;

  /** @internal */
  constructor(transport: Transport) {
    this.#api = new ApiResource(transport);
  }

  /** Lists nodes, by default by id. */
  list(options: ListNodesOptions = {}): PagePromise<NodeState> {
    return this.#api.list({
      name: 'nodes.list',
      options,
      optionNames: LIST_NODES_OPTIONS,
      problem: nodesProblem,
      send: (_page, { nodes }, request) => {
        const { labels, approval, status, limit = 0, orderBy, reverse } = options;
        return nodes.listNodes(
          {
            limit: checkLimit(limit, 'limit'),
            labels: labels && checkLabels(labels),
            // A value that servers do not know gives an empty list, not an error.
            filterApproval: approval && checkOneOf(approval, NodeApprovalFilter, 'approval'),
            filterStatus: status && checkOneOf(status, NodeStatusFilter, 'status'),
            orderBy: orderBy && checkOneOf(orderBy, NodeOrderBy, 'orderBy'),
            reverse,
          },
          request,
        );
      },
      toPage: ({ Nodes: items, NextToken }) => ({ items, nextToken: NextToken ?? '', end: true }),
    });
  }

  /**
   * Returns a node by its id or by the beginning of its id.
   * @throws {NotFoundError} if there is none.
   */
  get(nodeId: string, options: CallOptions = {}): ApiPromise<NodeState> {
    const call = this.#api.read({
      name: 'nodes.get',
      options,
      optionNames: CALL_OPTIONS,
      problem: (body) => nodeProblem(nodeId)(body),
      send: ({ nodes }, request) => nodes.getNode({ nodeId: checkIdentifier(nodeId, 'nodeId') }, request),
    });
    return mapped(call, ({ Node }) => Node);
  }

  /**
   * Approves a node, so that it may run jobs.
   * @throws {ConflictError} if it is approved already.
   */
  approve(nodeId: string, message?: string, options: CallOptions = {}): ApiPromise<UpdateNodeResponse> {
    return this.#update('nodes.approve', nodeId, NodeAction.Approve, message, options);
  }

  /**
   * Rejects a node.
   * @throws {ConflictError} if it is rejected already.
   */
  reject(nodeId: string, message?: string, options: CallOptions = {}): ApiPromise<UpdateNodeResponse> {
    return this.#update('nodes.reject', nodeId, NodeAction.Reject, message, options);
  }

  /** Deletes a node from the server's list. One that still runs registers again. */
  delete(nodeId: string, message?: string, options: CallOptions = {}): ApiPromise<UpdateNodeResponse> {
    return this.#update('nodes.delete', nodeId, NodeAction.Delete, message, options);
  }

  #update(
    name: string,
    nodeId: string,
    Action: NodeAction,
    message: string | undefined,
    options: CallOptions,
  ): ApiPromise<UpdateNodeResponse> {
    const call = this.#api.write({
      name,
      options,
      optionNames: CALL_OPTIONS,
      send: ({ nodes }, request) =>
        nodes.updateNode(
          {
            nodeId: checkIdentifier(nodeId, 'nodeId'),
            updateNodeRequest: message === undefined ? { Action } : { Action, Message: message },
          },
          request,
        ),
    });
    return apiPromise(call.withResponse().then((answer) => this.#requireSuccess(name, answer, options)));
  }

  /** Servers 1.4 report with 200 that a node is unknown, or in that state already. */
  #requireSuccess(
    operation: string,
    answer: ApiResponse<UpdateNodeResponse>,
    { headers }: CallOptions,
  ): ApiResponse<UpdateNodeResponse> {
    const { Success, Error: given } = answer.data;
    if (Success !== false) return answer;
    const reason = typeof given === 'string' && given !== '' ? given : 'the server did nothing, and gave no reason';
    const { requests } = this.#api.transport;
    throw refusalError(operation, excerpt(reason, requests.secretsOf(headers)), answer.response);
  }
}
