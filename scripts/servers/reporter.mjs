// A jest reporter: what each server's tests found, for the table in docs/servers.md, and how many there were.
import { writeResult } from './results.ts';

export default class ServerReporter {
  #servers = new Map();

  onTestResult(test, { testResults, perfStats, testFilePath }) {
    const { bacalhauServer: server } = test.context.config.globals;
    // Examples and guides are not about a server.
    if (server === undefined || !testFilePath.includes('/bacalhau-sdk/test/')) return;
    const version = process.env.BACALHAU_TEST_CANDIDATE_VERSION;
    const found = this.#servers.get(server) ?? {
      server,
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
    const servers = [...this.#servers.values()].sort((one, other) => one.server.localeCompare(other.server));
    for (const found of servers) writeResult(found);
    console.log('\nserver                     tests  failed  skipped  files     time');
    for (const { server, passed, failed, skipped, files, ms } of servers) {
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
