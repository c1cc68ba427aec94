// Turns a page of the house into what Doxygen 1.9.4 reads, line for line. The page itself is plain Markdown, as a forge
// shows it; what Doxygen needs beyond that is put in here.
import path from 'node:path';

import {parse} from '../text/markdown.mjs';

import {find, headingId, mainPage, pageId} from './house.mjs';

const isElsewhere = (target) => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target);
const attribute = (text) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

// What a local link of page `from` points to: {file, anchor, kind, id}.
function resolve(root, from, target) {
    const [address, anchor] = target.split('#');
    const file = address ? path.posix.join(path.posix.dirname(from), decodeURI(address)).replace(/\/$/, '') : from;
    const found = file.startsWith('..') ? null : find(root, file === '.' ? '' : file);
    return {file, anchor, ...(found ?? {kind: 'missing', id: target})};
}

// The local files that a page points to, with the line that does it.
export function targetsOf(root, from, text) {
    return parse(text)
        .links.filter(({target}) => target && !isElsewhere(target))
        .map(({target, image, line}) => ({...resolve(root, from, target), target, image, line}));
}

function reference(to) {
    if (to.kind === 'page' && to.anchor && to.id !== 'index') return `@ref ${headingId(to.id, to.anchor)}`;
    return `@ref ${to.id}`;
}

function link(root, from, words, target) {
    return `[${words}](${isElsewhere(target) ? target : reference(resolve(root, from, target))})`;
}

// A picture is copied beside the pages, under the name that it has in the repository.
function image(root, from, words, target) {
    if (isElsewhere(target)) return `![${words}](${target})`;
    return `<img src="${resolve(root, from, target).file}" alt="${attribute(words)}"/>`;
}

// Code spans, pictures, links, definitions of links, tags, and marks that Doxygen would read as commands. A piece that
// matches hides what it holds from those below it.
const pieces = new RegExp(
    [
        /(?<ticks>`+)(?:[^`]|[^`][^]*?[^`])\k<ticks>(?!`)/,
        /!\[(?<words>[^\]]*)\]\((?<picture>[^)\s]+)[^)]*\)/,
        /\[(?<text>(?:`[^`]*`|[^\][`])+)\]\((?<target>[^)\s]+)[^)]*\)/,
        /(?<=^|\n)\[(?<name>[^\]\n]+)\]:[ \t]+(?<defined>\S+)/,
        /<(?:https?:|mailto:|\/?[a-z])[^<>\n]*>/,
        /(?<mark>[@%]|\\(?![\\`*_{}[\]()#+.!<>|~-])|#(?=[A-Za-z_:]))/,
    ].map((piece) => piece.source)
        .join('|'),
    'gu');

function prose(root, from, text) {
    return text.replace(pieces, (whole, ...rest) => {
        const {words, picture, text: said, target, name, defined, mark} = rest.at(-1);
        if (picture) return image(root, from, words, picture);
        if (target) return link(root, from, prose(root, from, said), target);
        if (defined) return link(root, from, name, defined).replace(/\]\((.*)\)$/, ']: $1');
        return mark ? `\\${mark}` : whole;
    });
}

// Puts `made` where the page has the comment <!-- lessons -->: {lessons: "..."}.
export function filterPage(root, from, text, made = {}) {
    const page = parse(text);
    const out = [...page.lines];
    const isProse = out.map((line) => line.trim() !== '');
    const isMain = from === mainPage;
    const id = isMain ? 'mainpage' : pageId(from);

    for (const {first, last, lang, fence} of page.blocks) {
        isProse.fill(false, first - 1, last);
        const before = out[first - 1].slice(0, out[first - 1].indexOf(fence));
        out[first - 1] = `${before}${fence}{.${/ ^(cpp|c\+\+) $ /.test(lang) ? 'cpp' : 'unparsed'}}`;
    }
    for (const {text: said, line, last, block} of page.comments.filter((comment) => comment.block)) {
        isProse.fill(false, line - 1, last);
        out.fill('', line - 1, last);
        out[line - 1] = made[said] ?? '';
    }
    page.headings.forEach(({slug, line, level}, i) => {
        isProse[line - 1] = false;
        const words = prose(root, from, out[line - 1].replace(/[ \t]+#*[ \t]*$/, ''));
        // What has an id is in the navigation too; there the main page is one line.
        if (isMain && i > 0) out[line - 1] = `<h${level} id="${slug}">${words.replace(/^#+ /, '')}</h${level}>`;
        else out[line - 1] = `${words} {#${i === 0 ? id : headingId(id, slug)}}`;
    });

    // A link or a code span may go on in the next line, so lines of prose are read together.
    for (let begin = 0; begin < out.length; ++begin) {
        let end = begin;
        while (isProse[end]) ++end;
        if (end === begin) continue;
        out.splice(begin, end - begin, ...prose(root, from, out.slice(begin, end).join('\n')).split('\n'));
        begin = end;
    }
    return out.join('\n');
}
