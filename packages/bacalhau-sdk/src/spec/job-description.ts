import {
  type Constraint,
  ConstraintOperator,
  type Job,
  JobType,
  type NetworkConfig,
  NetworkType,
  type PortMapping,
  type ResourcesConfig,
  type ResultPath,
  type TimeoutConfig,
} from 'bacalhau-apiclient';
import {
  any,
  type Field,
  type FieldsOf,
  integer,
  list,
  map,
  type ObjectDescription,
  object,
  oneOf,
  oneOfAnyCase,
  required,
  text,
} from './describe.js';
import { ENGINE } from './engine.js';
import type { JobInput, TaskInput, TaskInputSource } from './job-input.js';
import { PUBLISHER } from './publisher.js';
import { SOURCE } from './source.js';

const CONSTRAINT: FieldsOf<Constraint> = {
  Key: required(text('the name of a node label')),
  Operator: required(oneOf(...Object.values(ConstraintOperator))),
  Values: list(text()),
};

const INPUT: FieldsOf<TaskInputSource> = {
  Source: required(SOURCE),
  Alias: text(),
  Target: required(text('an absolute path, where the job finds it')),
};

const RESULT_PATH: FieldsOf<ResultPath> = {
  Name: required(text('a name for the output')),
  Path: required(text('an absolute path')),
};

const RESOURCES: FieldsOf<ResourcesConfig> = {
  CPU: text('a string such as "500m" or "2"'),
  Memory: text('a string such as "512MB"'),
  Disk: text('a string such as "1GB"'),
  GPU: text('a string such as "1"'),
};

const PORT: FieldsOf<PortMapping> = {
  Name: required(text('the name of a variable, such as "http"')),
  Static: integer(0, 65_535),
  Target: integer(0, 65_535),
  HostNetwork: text('an IP address'),
};

const NETWORK: FieldsOf<NetworkConfig> = {
  Type: oneOfAnyCase(...Object.values(NetworkType)),
  Domains: list(text('a domain or an IP address')),
  Ports: list(object(PORT)),
};

const TIMEOUTS: FieldsOf<TimeoutConfig> = {
  ExecutionTimeout: integer(0),
  QueueTimeout: integer(0),
  TotalTimeout: integer(0),
};

const TASK: FieldsOf<TaskInput> = {
  Name: required(text('a name, for example "main"')),
  Engine: required(ENGINE),
  Publisher: PUBLISHER,
  Env: map,
  Meta: map,
  InputSources: list(object(INPUT)),
  ResultPaths: list(object(RESULT_PATH)),
  Resources: object(RESOURCES),
  Network: object(NETWORK),
  Timeouts: object(TIMEOUTS),
};

/** What servers add, and ignore in a submission: a job that was read can be submitted again. */
const ADDED_BY_SERVERS: Readonly<Record<keyof Omit<Job, keyof JobInput>, Field>> = {
  ...{ ID: any, State: any, Version: any, Revision: any, CreateTime: any, ModifyTime: any },
};

/** The names of those. The CLI refuses them in a job file. */
export const SET_BY_SERVERS = Object.keys(ADDED_BY_SERVERS);

const FIELDS: FieldsOf<JobInput> = {
  Name: text('a name'),
  Namespace: text('the name of a namespace'),
  Type: required(oneOf(...Object.values(JobType))),
  Priority: integer(),
  Count: integer(0),
  Constraints: list(object(CONSTRAINT)),
  Meta: map,
  Labels: map,
  Tasks: required(list(object(TASK))),
};

/**
 * The description of a job: each of its fields, and the params of the engines, publishers and sources that are known. The
 * checks follow it, job files are read by it, and it makes the JSON Schema.
 */
export const JOB: ObjectDescription = { type: 'object', fields: { ...FIELDS, ...ADDED_BY_SERVERS } };
