const { writeFileSync } = require('node:fs');
const { work } = require('./cjs/work.js');

test('an application that is tested with jest works', async () => {
  const { JOB_FILE, DIRECTORY, REPORT } = process.env;
  writeFileSync(REPORT, JSON.stringify(await work(JOB_FILE, DIRECTORY)));
}, 60_000);
