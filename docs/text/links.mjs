// Links, anchors, ids, pictures: whatever is ours must be there.
import fs from 'node:fs';
import path from 'node:path';

import {didYouMean} from './complaints.mjs';
import {existsAsSpelled, inside, isPage, isPassedOver} from './files.mjs';

// pageAt(name) gives another page, parsed. Each fault is {line, what, toDo}.
export function linkFaults(page, parsed, root, pageAt) {
    return [
        ...parsed.links.flatMap((link) => faultOf(link, page, root, pageAt) ?? [])
            .map((fault) => ({toDo: 'mend the link', ...fault})),
        ...idFaults(parsed)
    ];
}

function faultOf(link, page, root, pageAt) {
    const {target, line} = link;
    if (target === null) {
        return {
            line,
            what: `nothing defines [${link.reference}]`,
            toDo: `write [${link.reference}]: TARGET, or mend it`
        };
    }
    const isPicture = link.image && link.html !== 'source' && !link.definition;
    if (isPicture && !link.text?.trim()) {
        return {
            line,
            what: `the picture ${target} has no words`,
            toDo: 'say what it shows, for those who cannot see it'
        };
    }
    if (!link.html && !link.definition && !link.text?.trim()) {
        return {
            line,
            what: `a link to ${target || 'nothing'} without words`,
            toDo: 'write what the reader finds there'
        };
    }
    if (link.reference !== undefined) return null;  // looked at where it is defined
    if (!target) return {line, what: 'a link to nothing', toDo: 'name a target'};
    return /^(?:[a-z][a-z0-9+.-]*:|\/\/|www\.)/i.test(target) ? farFault(link) : localFault(link, page, root, pageAt);
}

// Other people's pages are not fetched.
function farFault({target, line, image, html}) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(target)?.[1].toLowerCase() ?? '';
    if (!['https', 'http', 'mailto'].includes(scheme) && !target.startsWith('www.')) {
        return {line, what: `${target} works on no other machine`, toDo: 'link a file of this repository, or https:'};
    }
    if (image || ['script', 'link', 'iframe', 'video', 'audio', 'object', 'embed'].includes(html)) {
        return {line, what: `${target} is loaded from elsewhere`, toDo: 'keep what a page needs in this repository'};
    }
    if (scheme === 'http' && !/^http:\/\/(?:localhost|127\.0\.0\.1)(?:[:/]|$)/.test(target)) {
        return {line, what: `${target} is not encrypted`, toDo: 'write https:'};
    }
    return null;
}

function localFault({target, line}, page, root, pageAt) {
    const [, written, anchor] = /^([^#]*)(?:#([^]*))?$/.exec(target);
    const decoded = decode(written.replace(/\?.*$/, ''));
    if (decoded === null) return {line, what: `${target} is no address`, toDo: 'mend its % signs'};
    if (decoded.startsWith('/')) {
        return {line, what: `${target} begins at the root of a disk`, toDo: 'write it relative to this page'};
    }
    const file = decoded ? inside(page, decoded) : page;
    if (file === null) return {line, what: `${target} leads out of this repository`, toDo: 'link what is in it'};
    if (!existsAsSpelled(root, file)) return {line, what: `there is no ${file}`, toDo: nearest(root, file)};
    const folders = file.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
    if (folders.some((folder) => isPassedOver(folder) && !folder.startsWith('tests/'))) {
        return {line, what: `${file} is made by a program, and not there for who clones this`, toDo: 'link its source'};
    }
    return anchor === undefined ? null : anchorFault(line, file, anchor, root, pageAt);
}

function anchorFault(line, file, anchor, root, pageAt) {
    if (/^L\d+/.test(anchor)) {
        return {
            line,
            what: `${file}#${anchor} names a line, and lines move`,
            toDo: 'link the file, and name the thing'
        };
    }
    const full = path.join(root, file);
    if (fs.statSync(full).isDirectory()) {
        return {line, what: `${file} is a folder and has no #${anchor}`, toDo: 'link the README.md in it'};
    }
    let names = null;
    if (isPage(file)) names = anchorsOf(pageAt(file));
    else if (/\.(?:html|svg)$/.test(file)) {
        names = [...fs.readFileSync(full, 'utf8').matchAll(/\sid=["']([^"']*)["']/g)].map((match) => match[1]);
    }
    if (names === null) return {line, what: `${file} has no anchors, so no #${anchor}`, toDo: 'link the file alone'};
    const wanted = decode(anchor);
    if (wanted && names.includes(wanted)) return null;
    const guess = didYouMean(wanted ?? anchor, names);
    return {line, what: `${file} has no #${anchor}`, toDo: guess || `it has: ${names.slice(0, 30).join(', ')}`};
}

// What can be linked to in a page: its headings, its ids, and the ids of its slides.
function anchorsOf({headings, ids, comments}) {
    const slides = comments.map(({text}) => /^\.slide:.*\bid="([^"]*)"/.exec(text)?.[1]).filter(Boolean);
    return [...headings.map(({slug}) => slug), ...ids.map(({id}) => id), ...slides];
}

function idFaults({headings, ids}) {
    const first = new Map(headings.filter(({slug}) => slug).map(({slug, line}) => [slug, line]));
    const faults = [];
    for (const {id, line} of ids) {
        if (!id) faults.push({line, what: 'an id without a name', toDo: 'name it, or remove it'});
        else if (!first.has(id)) first.set(id, line);
        else
            faults.push({line, what: `the id ${id} is on line ${first.get(id)} already`, toDo: 'give it another name'});
    }
    return faults;
}

function nearest(root, file) {
    const folder = path.posix.dirname(file);
    if (!existsAsSpelled(root, folder)) return 'mend the link; it is relative to this page';
    const near = didYouMean(path.posix.basename(file), fs.readdirSync(path.join(root, folder)));
    return near || 'mend the link; it is relative to this page';
}

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return null;
    }
}
