// A jest reporter: what each server's tests found, for the table in docs/servers.md, and how many there were.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { resultsFile } from './results.ts';

export default class ServerReporter {
  #servers = new Map();

  onTestResult(test, { testResults, perfStats, testFilePath }) {
    const { bacalhauServer: server } = test.context.config.globals;
    // Examples and guides are not about a server.
    if (server === undefined || !testFilePath.includes('/bacalhau-sdk/test/')) return;
    const version = process.env.BACALHAU_TEST_CANDIDATE_VERSION;
    const found = this.#servers.get(server) ?? {
      version,
      passed: 0,
      failed: 0,
      skipped: 0,
      ms: 0,
      files: 0,
      tests: [],
    };
    this.#servers.set(server, found);
    found.ms += perfStats.end - perfStats.start;
    found.files += 1;
    for (const { fullName, status } of testResults) {
      found[status === 'passed' || status === 'failed' ? status : 'skipped'] += 1;
      found.tests.push({ title: fullName, status });
    }
  }

  onRunComplete() {
    if (this.#servers.size === 0) return;
    const servers = Object.fromEntries([...this.#servers].sort(([one], [other]) => one.localeCompare(other)));
    mkdirSync(dirname(resultsFile), { recursive: true });
    writeFileSync(resultsFile, JSON.stringify(servers));
    console.log('\nserver                     tests  failed  skipped  files     time');
    for (const [server, { passed, failed, skipped, files, ms }] of Object.entries(servers)) {
      const figures = [
        [passed + failed + skipped, 5],
        [failed, 6],
        [skipped, 7],
        [files, 5],
      ];
      const columns = figures.map(([figure, width]) => String(figure).padStart(width)).join('  ');
      console.log(`${server.padEnd(25)}  ${columns}  ${(ms / 1000).toFixed(0).padStart(5)} s`);
    }
  }
}
