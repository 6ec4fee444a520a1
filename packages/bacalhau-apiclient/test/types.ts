// Not run: compiling it is the test. What people write and what servers send must both fit the generated types.
import { ExecutionStateType, type Job, type JobApi, type JobApiListJobsRequest, JobStateType } from '../src/index.js';

/** As it would be pasted from Bacalhau's documentation. */
export const pasted: Job = {
  Name: 'hello',
  Type: 'batch',
  Count: 1,
  Namespace: 'default',
  Constraints: [{ Key: 'region', Operator: 'in', Values: ['eu', 'us'] }],
  Labels: { env: 'test' },
  Tasks: [
    {
      Name: 'main',
      Engine: {
        Type: 'docker',
        Params: { Image: 'ubuntu:24.04', Entrypoint: ['/bin/sh'], Parameters: ['-c', 'date'] },
      },
      Publisher: { Type: 's3', Params: { Bucket: 'b', Key: 'k/{jobID}' } },
      Env: { MODE: 'fast' },
      InputSources: [{ Source: { Type: 'urlDownload', Params: { URL: 'https://example.com/a.csv' } }, Target: '/in' }],
      ResultPaths: [{ Name: 'outputs', Path: '/outputs' }],
      Resources: { CPU: '500m', Memory: '1gb', GPU: '1' },
      Network: { Type: 'HTTP', Domains: ['example.com'] },
      Timeouts: { TotalTimeout: 3600 },
    },
  ],
};

/** A job that is read back can be sent again. */
export async function again(api: JobApi, jobId: string): Promise<string> {
  const { Job: found } = (await api.getJob({ jobId, include: ['history', 'executions'] })).data;
  return (await api.putJob({ putJobRequest: { Job: found, Force: true } })).data.JobID;
}

/** Values that only a newer server knows. */
export const newer: JobStateType = 'Paused';
export const numbered: ExecutionStateType = 12;
export const known: JobStateType[] = [JobStateType.Completed, 'Failed'];

// The known ones are still told apart.
export const isOver = (state: ExecutionStateType): boolean => state === ExecutionStateType.Completed;

export const list: JobApiListJobsRequest = { namespace: '*', labels: ['env=test'], orderBy: 'modified_at', limit: 10 };

// @ts-expect-error A job without tasks cannot run.
export const incomplete: Job = { Type: 'batch' };
