export { DEFAULT_NAMESPACE, JobCalls } from './job-calls.js';
export type {
  GetJobOptions,
  JobExecutionsOptions,
  JobHistoryOptions,
  ListJobsOptions,
  RerunOptions,
} from './options.js';
