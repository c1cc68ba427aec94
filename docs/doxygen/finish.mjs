// What Doxygen 1.9.4 cannot be told, done to the pages that it wrote.
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {headingId} from './house.mjs';

// A heading carried the id of its page because Doxygen wants all ids different. In a page it has its own again, so that
// lesson.html#try-it is what a reader of the repository knows as README.md#try-it.
const headings = (ids) => [new RegExp(`(["#'])(?:${ids.map((id) => headingId(id, '')).join('|')})`, 'g'), '$1'];

// A region inside a region is marked by lines that are of no use to a reader.
const regions = [/<div class="line">\s*<span class="comment">\s*\/\/! \[[\w-]+\]<\/span><\/div>\n?/g, ''];

const leftovers = /\.(md5|map)$/;

export function finish(folder, pageIds) {
    for (const name
             of [...readdirSync(folder), ...readdirSync(path.join(folder, 'search')).map((name) => `search/${name}`)]) {
        const file = path.join(folder, name);
        if (leftovers.test(name)) rmSync(file);
        if (!/\.(html|js)$/.test(name)) continue;
        const text = readFileSync(file, 'utf8');
        const finished = text.replace(...headings(pageIds)).replace(...regions);
        if (finished !== text) writeFileSync(file, finished);
    }
}
