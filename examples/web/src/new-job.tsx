import { InvalidJobError, parseJob } from 'bacalhau-sdk';
import { useEffect, useState } from 'preact/hooks';
import { useBacalhau } from './connection.ts';
import counting from './examples/counting.yaml?raw';
import failing from './examples/failing.yaml?raw';
import hello from './examples/hello-wasm.yaml?raw';
import { useLive } from './live.ts';

interface Example {
  readonly title: string;
  readonly about: string;
  readonly engine: string;
  readonly text: string;
}

const EXAMPLES: readonly [Example, ...Example[]] = [
  { title: 'Hello', about: 'WebAssembly, needs no Docker', engine: 'wasm', text: hello },
  { title: 'Counting', about: 'Docker, a line a second', engine: 'docker', text: counting },
  { title: 'Failing', about: 'Docker, ends with exit code 3', engine: 'docker', text: failing },
];

/** Returns the text of an example with a name of its own: a server takes a job with the name of another one for a change of it. */
const named = ({ text }: Example): string =>
  text.replace(/^Name: .+$/m, (line) => `${line}-${Math.random().toString(36).slice(2, 6)}`);

/** Long enough not to report errors while a word is being typed. */
const CHECKED_AFTER_MS = 400;

export function NewJob() {
  const bacalhau = useBacalhau();
  const [chosen, setChosen] = useState<Example>(EXAMPLES[0]);
  const [text, setText] = useState(() => named(chosen));
  const [problem, setProblem] = useState<Error>();
  const [submitting, setSubmitting] = useState(false);
  const engines = useEngines();

  useEffect(() => {
    const timer = setTimeout(() => void parseJob(text).then(() => setProblem(undefined), setProblem), CHECKED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const unplaced =
    engines === undefined || engines.has(chosen.engine)
      ? undefined
      : `A valid job, but no node of this network runs ${chosen.engine === 'docker' ? 'Docker' : 'WebAssembly'} now.`;

  const submit = async (): Promise<void> => {
    setSubmitting(true);
    try {
      const job = await bacalhau.jobs.submit(await parseJob(text));
      location.hash = `#/jobs/${encodeURIComponent(job.id)}`;
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
      setSubmitting(false);
    }
  };

  return (
    <article class="new-job">
      <a class="back" href="#/jobs">
        ← All jobs
      </a>
      <h1 tabIndex={-1}>New job</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <fieldset>
          <legend>Start from</legend>
          <div class="choices">
            {EXAMPLES.map((example) => (
              <label key={example.title} class="choice">
                <input
                  type="radio"
                  name="example"
                  checked={example === chosen}
                  onChange={() => {
                    setChosen(example);
                    setText(named(example));
                  }}
                />
                <span>
                  <strong>{example.title}</strong>
                  <span class="muted">{example.about}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <label for="spec">Specification, YAML or JSON, as in Bacalhau’s documentation</label>
        <textarea
          id="spec"
          class={problem ? 'bad' : ''}
          rows={16}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          value={text}
          aria-invalid={problem !== undefined}
          aria-describedby="verdict"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <div class="actions">
          <div id="verdict" class={`verdict ${problem ? 'bad' : unplaced ? 'warn' : 'good'}`} aria-live="polite">
            {problem ? <Problem error={problem} /> : (unplaced ?? 'A valid job.')}
          </div>
          <button type="submit" class="primary" disabled={submitting || text.trim() === ''}>
            {submitting ? 'Submitting…' : 'Submit'}
          </button>
        </div>
      </form>
    </article>
  );
}

/** Shows the field of an invalid job apart from the message. */
function Problem({ error }: { readonly error: Error }) {
  if (!(error instanceof InvalidJobError) || !error.message.startsWith(error.field)) return <>{error.message}</>;
  return (
    <>
      <code>{error.field}</code>
      {error.message.slice(error.field.length)}
    </>
  );
}

function useEngines(): ReadonlySet<string> | undefined {
  const bacalhau = useBacalhau();
  const { value } = useLive(
    async (signal) => {
      const { items } = await bacalhau.nodes.list({ status: 'connected', signal });
      return new Set(items.flatMap(({ Info }) => Info.ComputeNodeInfo?.ExecutionEngines ?? []));
    },
    10_000,
    [bacalhau],
  );
  return value;
}
