export { Jobs } from './jobs.js';
export type {
  GetJobOptions,
  JobExecutionsOptions,
  JobHistoryOptions,
  ListJobsOptions,
} from './options.js';
