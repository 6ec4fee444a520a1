import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { Bacalhau, JobExitError, publishers, wasm } from 'bacalhau-sdk';
import wabt from 'wabt';
import { openTelemetry, traceEnv } from '../src/index.js';

/** A program that prints its environment and ends with an exit code. */
const environment = (exitCode: number): string => `
  (module $environment
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)
    (func $start (export "_start")
      (drop (call $sizes (i32.const 0) (i32.const 4)))
      (drop (call $environ (i32.const 64) (i32.const 4096)))
      (i32.store (i32.const 8) (i32.const 4096))
      (i32.store (i32.const 12) (i32.load (i32.const 4)))
      (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
      (call $exit (i32.const ${exitCode}))))`;

async function job(exitCode: number) {
  const module = (await wabt()).parseWat('environment.wat', environment(exitCode));
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  const resources = { cpu: '10m', memory: '32MB' };
  return wasm({ module: buffer, env: traceEnv(), publisher: publishers.local(), resources });
}

const dir = mkdtempSync(join(tmpdir(), 'bacalhau-spans-'));
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const bacalhau = new Bacalhau({
  // The network that the set-up of the tests started.
  baseUrl: process.env['BACALHAU_TEST_URL'],
  ...{ dir, env: {}, instrumentation: openTelemetry({ tracerProvider }) },
});

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  await bacalhau.close();
  context.disable();
  propagation.disable();
  rmSync(dir, { recursive: true, force: true });
});

/** Does work in a span of its own, and returns its trace with what came of the work. */
async function traced<T>(work: () => Promise<T>): Promise<{ readonly traceId: string; readonly value: T }> {
  const span = tracerProvider.getTracer('test').startSpan('test');
  try {
    const value = await context.with(trace.setSpan(context.active(), span), work);
    return { traceId: span.spanContext().traceId, value };
  } finally {
    span.end();
  }
}

/** Returns the spans of a trace, each as the names from the outermost one to its own. */
function pathsOf(traceId: string): Map<string, ReadableSpan> {
  const spans = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
  const pathOf = (span: ReadableSpan): string => {
    const parent = spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
    return parent === undefined ? span.name : `${pathOf(parent)} > ${span.name}`;
  };
  return new Map(spans.map((span) => [pathOf(span), span]));
}

test('jobs that run at once have a trace each, which reaches into the job', async () => {
  const runs = await Promise.all([0, 0].map((code) => traced(async () => bacalhau.jobs.run(await job(code)))));
  for (const { traceId, value } of runs) {
    const spans = pathsOf(traceId);
    expect([...spans.keys()].every((path) => path.startsWith('test'))).toBe(true);
    expect([...spans.keys()]).toEqual(
      expect.arrayContaining(['test', 'test > jobs.run', 'test > jobs.run > jobs.submit > jobs.put > PUT']),
    );
    expect(spans.get('test > jobs.run')?.attributes).toMatchObject({
      ...{ 'bacalhau.job.id': value.jobId, 'bacalhau.job.exit_code': 0 },
    });
    // Each wait requests its own job, unless one list shows both.
    const polled = [...spans].filter(([path]) => path.startsWith('test > jobs.run > job.wait > jobs.get'));
    for (const [, { attributes }] of polled) {
      if ('bacalhau.job.id' in attributes) expect(attributes['bacalhau.job.id']).toBe(value.jobId);
    }
    const rootId = spans.get('test')?.spanContext().spanId;
    expect(value.stdout).toContain(`TRACEPARENT=00-${traceId}-${rootId}-01`);
  }
  expect(runs[0]?.traceId).not.toBe(runs[1]?.traceId);
});

test('a job that fails is an error of its run, and its log and results can be read in a trace too', async () => {
  const failed = await traced(async () => bacalhau.jobs.run(await job(3)).catch((error: unknown) => error));
  expect(failed.value).toBeInstanceOf(JobExitError);
  const run = pathsOf(failed.traceId).get('test > jobs.run');
  expect(run).toMatchObject({
    attributes: { 'error.type': 'JobExitError', 'bacalhau.job.exit_code': 3 },
    status: { code: SpanStatusCode.ERROR },
  });

  const submitted = await bacalhau.jobs.submit(await job(0));
  await submitted.wait();
  const { traceId } = await traced(async () => {
    for await (const entry of submitted.logs({ follow: true })) expect(entry.stream).toBe('stdout');
    await submitted.download(join(dir, 'results'));
  });
  const read = pathsOf(traceId);
  expect([...read.keys()]).toEqual(expect.arrayContaining(['test > job.logs', 'test > job.download']));
  expect(read.get('test > job.download')?.attributes).toMatchObject({ 'bacalhau.job.id': submitted.id });
});
