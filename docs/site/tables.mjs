// Makes the tables of a page readable with a keyboard and on a phone: style.css has the other half.

/** Puts each table of a page into a region that can be focused and scrolled, and tells each cell the name of its column. */
export const readableTables = (html) =>
  html.replaceAll(/<table>[\s\S]*?<\/table>/g, (table, offset) => {
    const columns = [...table.matchAll(/<th[^>]*>([\s\S]*?)<\/th>/g)].map(([, name]) => text(name));
    const heading = text(/.*<h[1-6][^>]*>([\s\S]*?)<\/h[1-6]>/s.exec(html.slice(0, offset))?.[1] ?? '');
    const label = heading === '' ? 'Table' : `Table: ${heading}`;
    // Roles of their own, because the cards of a phone are no table to a browser.
    const cells = table
      .replace('<table>', '<table role="table">')
      .replaceAll('<tr>', '<tr role="row">')
      .replaceAll(/<th(?=[ >])/g, '<th role="columnheader" scope="col"')
      .replaceAll(/<tr role="row">[\s\S]*?<\/tr>/g, (row) => {
        let column = 0;
        return row.replaceAll(/<td(?=[ >])/g, () => `<td role="cell" data-label="${columns[column++] ?? ''}"`);
      });
    return `<div class="table" role="region" tabindex="0" aria-label="${label}">${cells}</div>`;
  });

const text = (html) =>
  html
    .replaceAll(/<svg[\s\S]*?<\/svg>|<[^>]+>/g, '')
    .replaceAll('"', '&quot;')
    .trim();
