// Runs a piece of code on a node, with a value in and a typed value out: main.ts [python|javascript].
import { Bacalhau } from 'bacalhau-sdk';
import { z } from 'zod';
import { runCode } from './run-code.ts';

const PROGRAMS = {
  python: `
import statistics

def main(numbers):
    print("counting", len(numbers), "numbers")
    return {"mean": statistics.mean(numbers), "largest": max(numbers)}
`,
  javascript: `
export function main(numbers) {
  console.log('counting', numbers.length, 'numbers');
  const sum = numbers.reduce((one, other) => one + other, 0);
  return { mean: sum / numbers.length, largest: Math.max(...numbers) };
}
`,
} as const;

const language = z.enum(['python', 'javascript']).parse(process.argv[2] ?? 'python');
await using bacalhau = new Bacalhau();

const { mean, largest } = await runCode(bacalhau, {
  language,
  code: PROGRAMS[language],
  input: [3, 5, 10],
  output: z.object({ mean: z.number(), largest: z.number() }),
  onLog: ({ text }) => process.stderr.write(text),
});
console.log(`The mean is ${mean}, the largest ${largest}.`);
