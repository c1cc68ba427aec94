// Reads built pages: which there are, where they point to, and what in them can be pointed to.
import {readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';

import {commentEnd, linksOf, tagAt} from '../../docs/text/html.mjs';
import {decodeEntities} from '../../docs/text/slugs.mjs';

// The files below a folder, as paths relative to it.
export function filesBelow(folder, inside = '') {
    return readdirSync(path.join(folder, inside)).flatMap((name) => {
        const file = path.posix.join(inside, name);
        return statSync(path.join(folder, file)).isDirectory() ? filesBelow(folder, file) : [file];
    });
}

// {ids: Map of id -> line, doubled: [{id, line}], links: [{target, line}]}
export function readPage(file) {
    const text = readFileSync(file, 'utf8');
    const page = {ids: new Map(), doubled: [], links: []};
    let line = 1, counted = 0;
    for (let at = text.indexOf('<'), end; at >= 0; at = text.indexOf('<', end)) {
        while (counted < at) line += text[counted++] === '\n';
        const tag = tagAt(text, at);
        end = tag?.end ?? commentEnd(text, at) ?? at + 1;
        if (!tag || tag.closes) continue;
        for (const {target} of linksOf(tag)) page.links.push({target: decodeEntities(target), line});
        const {id, name} = tag.attributes;
        for (const one of new Set([id, tag.name === 'a' ? name : undefined])) {
            if (one === undefined) continue;
            if (page.ids.has(one)) page.doubled.push({id: one, line});
            else page.ids.set(one, line);
        }
        if (tag.name === 'script' || tag.name === 'style') end = text.indexOf(`</${tag.name}`, end);
    }
    return page;
}
