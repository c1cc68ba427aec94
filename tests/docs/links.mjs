// Does everything in the built pages lead somewhere, and does nothing come from elsewhere?
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';

import {checkLocal} from '../browser/local.mjs';

import {filesBelow, readPage} from './html.mjs';

// Looks at ROOT and at what was built of it.
export function links(root, built, complaints) {
    const folder = path.join(built, 'html');
    const files = filesBelow(folder);
    const pages = new Map(
        files.filter((file) => /\.(html|svg)$/.test(file)).map((file) => [file, readPage(path.join(folder, file))]));

    checkLocal(folder, complaints);

    function look(from, line, target) {
        const complain = (what) => complaints.add(
            {file: `html/${from}`, line, what, toDo: 'look for what wrote it: the page, the header, or docs/doxygen/'});
        if (target === '' || /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) return;
        const [address, anchor] = target.split('#');
        const file = address ? path.posix.join(path.posix.dirname(from), decodeURI(address.replace(/\?.*/, ''))) : from;
        if (!existsSync(path.join(folder, file))) complain(`${target} is not there`);
        else if (anchor && pages.has(file) && !pages.get(file).ids.has(decodeURIComponent(anchor)))
            complain(`${file} has no anchor #${anchor}`);
    }

    for (const [file, page] of pages) {
        for (const {target, line} of page.links) look(file, line, target);
        for (const {id, line} of page.doubled)
            complaints.add(
                {file: `html/${file}`, line, what: `the id ${id} is there twice`, toDo: 'give one another name'});
    }
    // What the navigation and the search lead to, and what the styles load. (An index only says where a page stands.)
    for (const file of files.filter((name) => /(?<!navtreeindex\d+)\.(js|css)$/.test(name))) {
        const pattern = file.endsWith('.css') ? /url\(["']?([^"')]+)["']?\)|@import ["']([^"']+)/g
                                              : /["']((?:\.\.\/)?\w[\w-]*\.html(?:#[\w-]+)?)["']/g;
        const text = readFileSync(path.join(folder, file), 'utf8').replace(/^var NAVTREEINDEX\b[^]*/m, '');
        text.split('\n').forEach((line, i) => {
            for (const [, one, other] of line.matchAll(pattern)) look(file, i + 1, one ?? other);
        });
    }
    return `${pages.size} pages`;
}
