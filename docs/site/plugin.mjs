// Does what TypeDoc has no options for: names and groups of documents, READMEs of packages, and comments of generated code.
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Converter, IndexEvent, JSX, MinimalSourceFile, ReflectionKind, Renderer } from 'typedoc';
import { contents, isFoundFirst, REPOSITORY } from './contents.mjs';
import { readableTables } from './tables.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'packages', 'bacalhau-sdk', 'package.json'), 'utf8'));
const groups = new Map(Object.entries(contents).flatMap(([group, paths]) => paths.map((path) => [path, group])));

/** @param {import('typedoc').Application} app */
export function load(app) {
  const titles = new Map();
  const sources = new Map();

  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const { project } = document;
    const path = document.project.files.getReflectionPath(document);
    const isReadme = basename(path) === 'README.md';
    document.frontmatter['group'] = groups.get(relative(root, path));
    // The name determines the address of the page; the page and the navigation show its first heading.
    document.name = basename(isReadme ? dirname(path) : path, '.md').toLowerCase();
    sources.set(document, relative(root, path));
    titles.set(document, /^# (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? document.name);
    if (isReadme) project.files.registerReflectionPath(dirname(path), document);
  });
  app.renderer.on(Renderer.EVENT_BEGIN, () => {
    for (const [document, title] of titles) document.name = title;
  });
  app.renderer.hooks.on('content.end', ({ page: { model } }) => {
    const path = model.isProject() ? 'README.md' : sources.get(model);
    if (path === undefined) return JSX.createElement(JSX.Fragment, null);
    const link = JSX.createElement('a', { href: `${REPOSITORY}/edit/main/${path}` }, 'Edit this page');
    return JSX.createElement('p', { class: 'edit-page' }, link);
  });
  app.renderer.hooks.on('footer.begin', () => {
    const others = JSX.createElement('a', { href: `${REPOSITORY}/releases` }, 'other versions');
    return JSX.createElement('p', null, `bacalhau-sdk ${version}, Apache-2.0; `, others);
  });
  app.renderer.on(IndexEvent.PREPARE_INDEX, ({ searchResults, searchFields, searchFieldWeights }) => {
    // Above names that begin with a word, below a name that is the word.
    searchFieldWeights.guide = 2_000;
    for (const [index, found] of searchResults.entries()) {
      const path = sources.get(found);
      if (path === undefined || !isFoundFirst(path)) continue;
      searchFields[index] = { ...searchFields[index], guide: readFileSync(join(root, path), 'utf8') };
    }
  });
  app.renderer.on(Renderer.EVENT_END_PAGE, (page) => {
    page.contents &&= withoutLinksInSummaries(readableTables(page.contents))
      .replaceAll('<pre>', '<pre tabindex="0">')
      .replace('<div class="col-content">', '<div class="col-content" role="main">');
  });

  // In the generated client, a field without a comment gets that of its type, and the values of an enumeration are
  // explained by its description.
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const values = [];
    for (const reflection of Object.values(project.reflections)) {
      const { fileName = '' } = reflection.sources?.[0] ?? reflection.parent?.sources?.[0] ?? {};
      if (reflection.hasComment() || !fileName.includes('bacalhau-apiclient/src/generated/')) continue;
      const type = reflection.type?.type === 'array' ? reflection.type.elementType : reflection.type;
      const words = type?.type === 'reference' ? type.reflection?.comment : undefined;
      if (words !== undefined) reflection.comment = words.clone();
      else if (
        reflection.kindOf(ReflectionKind.Property) &&
        reflection.parent.parent?.kindOf(ReflectionKind.Variable)
      ) {
        values.push(reflection.getFullName());
      }
    }
    app.options.setValue('intentionallyNotDocumented', values);
  });

  // The page of a package begins with its README; links to the README or the folder lead to that page.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      if (module.name.includes('/')) continue;
      const folder = join(root, 'packages', module.name);
      const path = join(folder, 'README.md');
      const text = readFileSync(path, 'utf8').replace(/^# .+\n/, '');
      // The README replaces the module's own comment.
      module.comment = undefined;
      module.readme = app.converter.parseRawComment(new MinimalSourceFile(text, path), project.files).content;
      project.files.registerReflectionPath(path, module);
      project.files.registerReflectionPath(folder, module);
    }
  });
}

/** What opens a section must not contain another control: screen readers do not find it. */
const withoutLinksInSummaries = (html) =>
  html.replaceAll(/<summary[\s\S]*?<\/summary>/g, (summary) =>
    summary.replaceAll(/<a [^>]*class="tsd-anchor-icon"[\s\S]*?<\/a>/g, ''),
  );
