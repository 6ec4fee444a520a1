import type { Axios } from 'axios';
import { AgentApi, JobApi, NodeApi } from 'bacalhau-apiclient';

/** The axios instance as the generated classes declare it. */
type AxiosClient = NonNullable<ConstructorParameters<typeof JobApi>[2]>;

/** The generated classes that operations are sent through. */
export interface Apis {
  readonly jobs: JobApi;
  readonly nodes: NodeApi;
  readonly agent: AgentApi;
  /** Creates another generated client, of the API below `path`; its operations are sent like those of the others. */
  client<A>(Api: new (configuration: undefined, basePath: string, instance: AxiosClient) => A, path: string): A;
}

export const createApis = (baseUrl: string, instance: Axios): Apis => ({
  jobs: new JobApi(undefined, baseUrl, instance),
  nodes: new NodeApi(undefined, baseUrl, instance),
  agent: new AgentApi(undefined, baseUrl, instance),
  client: (Api, path) => new Api(undefined, baseUrl + path, instance),
});
