// The stages of a long command, and how long each took.
const started = Date.now();
const timings = [];

export async function stage(name, work) {
  const begin = Date.now();
  console.log(`\n== ${name}`);
  try {
    await work();
  } finally {
    timings.push(line(name, Date.now() - begin));
  }
}

export function showTimings() {
  console.log(`\n${[...timings, line('all', Date.now() - started)].join('\n')}`);
}

const line = (name, ms) => `${name.padEnd(20)} ${(ms / 1000).toFixed(1).padStart(7)} s`;
