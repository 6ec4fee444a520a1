export { buildJob } from './build-job.js';
export { diffJob } from './diff-job.js';
export { type GetJobOptions, getJob } from './get-job.js';
export {
  type FollowHistoryOptions,
  followHistory,
  isFollowed,
  type JobHistoryOptions,
  listHistory,
} from './history.js';
export { type JobExecutionsOptions, listExecutions } from './list-executions.js';
export { type ListJobsOptions, listJobs } from './list-jobs.js';
export { listResults } from './list-results.js';
export { listVersions } from './list-versions.js';
export { type PutRequest, putJob } from './put-job.js';
export { type RerunOptions, rerunJob } from './rerun-job.js';
export { stopJob } from './stop-job.js';
