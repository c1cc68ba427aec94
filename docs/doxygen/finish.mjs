// What Doxygen 1.9.4 cannot be told, done to the pages that it wrote.
import {appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {headingId} from './house.mjs';

// A heading carried the id of its page because Doxygen wants all ids different. In a page it has its own again, so that
// lesson.html#try-it is what a reader of the repository knows as README.md#try-it.
const headings = (ids) => [new RegExp(`(["#'])(?:${ids.map((id) => headingId(id, '')).join('|')})`, 'g'), '$1'];

// A region inside a region is marked by lines that are of no use to a reader.
const regions = [/<div class="line">\s*<span class="comment">\s*\/\/! \[[\w-]+\]<\/span><\/div>\n?/g, ''];

// The line of links above a class names a part for nested classes even when they are all private, and not shown.
const withoutNested = (text) =>
    (/name="nested-classes"/.test(text) ? text
                                        : text.replace(/<a href="#nested-classes">Classes<\/a>(?: &#124;\n)?/, ''));

// The lists of symbols: every entry says the same lesson, so it is said once, above. Concepts are missing, so they are
// fetched from their pages.
function finishList(folder, name, concepts) {
    const text = readFileSync(path.join(folder, name), 'utf8');
    const [list = ''] = /<dl class="reflist">[^]*?<\/dl>/.exec(text) ?? [];
    const lesson = /<dd>[^]*?(<a class="el"[^]*?<\/a>)/.exec(list)?.[1];
    const entries = list.split('<dt>').slice(1).map(
        (entry) => ({
            symbol: entry.slice(0, entry.indexOf('</dt>')).trim(),
            ids: [...entry.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)  // overloads share an entry
        }));
    for (const page of concepts) {
        const concept = readFileSync(path.join(folder, page), 'utf8');
        const id = new RegExp(`${name}#(\\w+)`).exec(concept)?.[1];
        const title = /<div class="title">([^<]*?)(?: Concept Reference)?<\/div>/.exec(concept)[1];
        if (id)
            entries.push(
                {symbol: `Concept <a class="el" href="${page}">${title.replace(/^half::/, '')}</a>`, ids: [id]});
    }
    const words = ({symbol}) => symbol.replace(/^\w+ /, '').replace(/<[^>]*>/g, '');
    entries.sort((a, b) => words(a).localeCompare(words(b), 'en'));
    const items = entries.map(({symbol, ids}) => `<li>${ids.map((id) => `<a id="${id}"></a>`).join('')}${symbol}</li>`);
    const finished = `<p>Introduced in ${lesson}.</p>\n<ul class="symbols">\n${items.join('\n')}\n</ul>`;
    writeFileSync(path.join(folder, name), text.replace(list, () => finished));
}

const leftovers = /\.(md5|map)$|^doxygen\.svg$/;

// A region of a function's body moves to the left margin, as in the lessons.
function toTheLeft(text) {
    return text.replace(/<div class="fragment">[^]*?<\/div><!-- fragment -->/g, (fragment) => {
        const indents =
            [...fragment.matchAll(/<div class="line">( *)(?=[^ <]|<(?!\/div))/g)].map(([, spaces]) => spaces.length);
        const least = Math.min(...indents);
        return least > 0 && least < Infinity
                   ? fragment.replaceAll(`<div class="line">${' '.repeat(least)}`, '<div class="line">')
                   : fragment;
    });
}

// The navigation says that a function is on the page of its header; it is on the page of its namespace.
function functionsAt(folder) {
    const at = new Map();
    for (const name of readdirSync(folder).filter((file) => /^namespace.*\.html$/.test(file)))
        for (const [, id] of readFileSync(path.join(folder, name), 'utf8').matchAll(/<a id="(a[0-9a-f]{32})"/g))
            at.set(id, name);
    return [/\w+_8hpp\.html#(a[0-9a-f]{32})/g, (said, id) => (at.has(id) ? `${at.get(id)}#${id}` : said)];
}

export function finish(folder, pageIds) {
    const functions = functionsAt(folder);
    for (const name
             of [...readdirSync(folder), ...readdirSync(path.join(folder, 'search')).map((name) => `search/${name}`)]) {
        const file = path.join(folder, name);
        if (leftovers.test(name)) rmSync(file);
        if (!/\.(html|js)$/.test(name)) continue;
        const text = readFileSync(file, 'utf8');
        const whole = withoutNested(text).replace(...headings(pageIds)).replace(...regions).replace(...functions);
        const finished = toTheLeft(whole);
        if (finished !== text) writeFileSync(file, finished);
    }
    // Results are shown in a frame, which our own style does not reach.
    appendFileSync(path.join(folder, 'search/search.css'), '.SRPage .SREntry, .SRPage .SRStatus { font-size: 11pt }\n');
    const pages = readdirSync(folder);
    const concepts = pages.filter((name) => /^concept.*\.html$/.test(name) && name !== 'concepts.html');
    for (const name of pages.filter((page) => /^introduced_\d\d\.html$/.test(page))) finishList(folder, name, concepts);
}
