export { Jobs } from './jobs.js';
export type {
  GetJobOptions,
  JobExecutionsOptions,
  JobHistoryEventType,
  JobHistoryOptions,
  JobInclude,
  ListJobsOptions,
} from './options.js';
