// The payloads of `submit` by server version, from the servers' own types: field order, names and what may be left out.
import {
  always,
  boolean,
  enumeration,
  float,
  integer,
  list,
  type StructSchema,
  struct,
  text,
  textMap,
} from './schema.js';

const storage = struct({
  StorageSource: enumeration('IPFS', 'URLDownload', 'FilecoinUnsealed', 'Filecoin', 'Estuary'),
  Name: text,
  CID: text,
  URL: text,
  path: text,
  Metadata: textMap,
});

const engine = enumeration('Noop', 'Docker', 'Wasm', 'Language', 'PythonWasm');
const verifier = enumeration('Noop', 'Deterministic');
const publisher = enumeration('Noop', 'Ipfs', 'Filecoin', 'Estuary');

const docker = struct({
  Image: text,
  Entrypoint: list(text),
  EnvironmentVariables: list(text),
  WorkingDirectory: text,
});

const language = struct({
  Language: text,
  LanguageVersion: text,
  DeterministicExecution: boolean,
  JobContext: storage,
  Command: text,
  ProgramPath: text,
  RequirementsPath: text,
});

const wasmOptions = {
  EntryPoint: text,
  Parameters: list(text),
  EnvironmentVariables: textMap,
  ImportModules: list(storage),
};

const resources = struct({ CPU: text, Memory: text, Disk: text, GPU: always(text, '""') });
const sharding = struct({ GlobPattern: text, BatchSize: integer, GlobPatternBasePath: text });
const executionPlan = struct({ ShardsTotal: integer });
const deal = struct({ Concurrency: integer, Confidence: integer, MinBids: integer });

const work = { Engine: engine, Verifier: verifier, Publisher: publisher, Docker: docker, Language: language };
const data = {
  Timeout: float,
  inputs: list(storage),
  Contexts: list(storage),
  outputs: list(storage),
  Annotations: list(text),
};

/** 0.3.12 and 0.3.13, in `data`. */
export const PAYLOAD_0_3_12: StructSchema = struct({
  ClientID: text,
  Job: struct({
    APIVersion: always(text, '""'),
    Spec: struct({
      ...work,
      Wasm: struct(wasmOptions),
      Resources: resources,
      ...data,
      Sharding: sharding,
      DoNotTrack: boolean,
    }),
    Deal: deal,
    ExecutionPlan: executionPlan,
    // What only the server sets: the time is Go's zero, and it is always there.
    CreatedAt: always(text, '"0001-01-01T00:00:00Z"'),
    JobState: struct({}),
  }),
  Context: text,
});

/** 0.3.14 to 0.3.16, in `job_create_payload`. */
export const PAYLOAD_0_3_14: StructSchema = struct({
  ClientID: text,
  APIVersion: text,
  Spec: struct({
    ...work,
    Wasm: struct(wasmOptions),
    Resources: resources,
    ...data,
    Sharding: sharding,
    DoNotTrack: boolean,
    ExecutionPlan: executionPlan,
    Deal: deal,
  }),
  Context: text,
});

/** 0.3.17, in `job_create_payload`. */
export const PAYLOAD_0_3_17: StructSchema = struct({
  ClientID: text,
  APIVersion: text,
  Spec: struct({
    ...work,
    Wasm: struct({ EntryModule: storage, ...wasmOptions }),
    Resources: resources,
    Network: struct({ Type: always(enumeration('None', 'Full', 'HTTP'), '"None"'), Domains: list(text) }),
    ...data,
    NodeSelectors: list(struct({ Key: always(text, '""'), Operator: always(text, '""'), Values: list(text) })),
    Sharding: sharding,
    DoNotTrack: boolean,
    ExecutionPlan: executionPlan,
    Deal: deal,
  }),
});
