export { DEFAULT_NAMESPACE, JobCalls } from './job-calls.js';
export type {
  FollowHistoryOptions,
  GetJobOptions,
  JobExecutionsOptions,
  JobHistoryOptions,
  ListJobsOptions,
  RerunOptions,
} from './options.js';
