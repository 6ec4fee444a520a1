import type { InputSource, Job, Task } from 'bacalhau-apiclient';
import type { EngineSpec } from './engine.js';
import type { PublisherSpec } from './publisher.js';
import type { SourceSpec } from './source.js';

/** A job as a person writes it: without what servers add. */
export interface JobInput
  extends Omit<Job, 'ID' | 'State' | 'Version' | 'Revision' | 'CreateTime' | 'ModifyTime' | 'Tasks'> {
  /** What to run. Exactly one task is supported. */
  Tasks: TaskInput[];
}

/** What to run, and with what. */
export interface TaskInput extends Omit<Task, 'Engine' | 'Publisher' | 'InputSources'> {
  /** What runs the task. */
  Engine: EngineSpec;
  /** Where the results go. Without one they are not kept. */
  Publisher?: PublisherSpec;
  /** What it can read. */
  InputSources?: TaskInputSource[];
}

/** Something that the task can read. */
export interface TaskInputSource extends Omit<InputSource, 'Source' | 'Alias'> {
  /** Where the data is. */
  Source: SourceSpec;
  /** Unique in the task. */
  Alias?: string;
}
