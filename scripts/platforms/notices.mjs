// The licences of all that is in a Go program: of each module that gives it a package, and of Go itself.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const LICENCE = /^(licen[cs]e|copying|copyright|notice|patents|unlicense)([-.].*)?$/i;
const SOURCE = /\.go$/;

/** Writes the notices for a server that scripts/platforms packs. */
export async function noticesFor({ path, source, module, go }) {
  const folder = await mkdtemp(join(tmpdir(), 'bacalhau-notices-'));
  try {
    for (const [name, text] of Object.entries(module)) await writeFile(join(folder, name), text);
    const runGo = async (...args) => {
      const options = { cwd: folder, env: { ...process.env, ...go.env }, maxBuffer: 256 * 1024 * 1024 };
      return (await promisify(execFile)(go.path, args, options)).stdout;
    };
    const modules = await linkedModules(runGo, source);
    const buildInfo = await runGo('version', '-m', path);
    checkAgainst(buildInfo, modules);
    const [, goVersion] = /: go(\S+)/.exec(buildInfo) ?? [];
    const goRoot = (await runGo('env', 'GOROOT')).trim();
    const texts = new Map([[`Go ${goVersion}, its standard library`, await licencesIn(goRoot, [goRoot])]]);
    for (const { name, root, folders } of modules.values()) texts.set(name, await licencesIn(root, folders));
    const without = [...texts].filter(([, licences]) => licences.length === 0).map(([name]) => name);
    if (without.length > 0) throw new Error(`No licence was found of ${without.join(', ')}.`);
    return document(texts);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The modules of the packages that are compiled into a program, each with the folders of those packages. */
async function linkedModules(runGo, source) {
  const format = '{{with .Module}}{{.Path}}@{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}';
  const lines = (await runGo('list', '-mod=mod', '-deps', '-f', format, source)).split('\n').filter(Boolean);
  const modules = new Map();
  for (const line of lines) {
    const [name, root, folder] = line.split('\t');
    const known = modules.get(name) ?? { name, root, folders: [] };
    known.folders.push(folder);
    modules.set(name, known);
  }
  return modules;
}

/** What is listed must be what the program says of itself, or the notices would be those of another one. */
function checkAgainst(buildInfo, modules) {
  const named = [...buildInfo.matchAll(/^\t(?:dep|mod)\t(\S+)\t(v\S+)/gm)].map(
    ([, path, version]) => `${path}@${version}`,
  );
  const differ = [
    ...named.filter((name) => !modules.has(name)),
    ...[...modules.keys()].filter((name) => !named.includes(name)),
  ];
  if (named.length === 0 || differ.length > 0)
    throw new Error(`The server was built with other modules: ${differ.join(', ')}`);
}

/** The texts of the licences in folders of a module, and in those above them: parts may have licences of their own. */
async function licencesIn(root, folders) {
  const all = new Set();
  for (let folder of folders) {
    for (; !all.has(folder); folder = dirname(folder)) {
      all.add(folder);
      if (folder === root) break;
    }
  }
  const found = [];
  for (const folder of [...all].sort()) {
    for (const file of (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())) {
      if (!LICENCE.test(file.name) || SOURCE.test(file.name)) continue;
      const text = (await readFile(join(folder, file.name), 'utf8')).replaceAll('\r\n', '\n').trim();
      found.push({ name: relative(root, join(folder, file.name)), text });
    }
  }
  return found;
}

/** Equal texts are printed once, below all that they are for. */
function document(texts) {
  const byText = new Map();
  for (const [module, licences] of texts) {
    for (const { name, text } of licences) byText.set(text, [...(byText.get(text) ?? []), `${module}: ${name}`]);
  }
  const sections = [...byText].map(([text, users]) => {
    const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    return `${users.map((user) => `- ${user}`).join('\n')}\n\n${fence}text\n${text}\n${fence}`;
  });
  return `# Third-party notices

\`server/bacalhau\` is a Go program. These are the Go modules in it and their licences; the source of each is in the module of
that version.

${sections.join('\n\n---\n\n')}
`;
}
