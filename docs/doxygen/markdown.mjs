// Turns a page of the house into what Doxygen 1.9.4 reads, line for line. The page itself is plain Markdown, as a forge
// shows it; what Doxygen needs beyond that is put in here.
import path from 'node:path';

import {parse} from '../text/markdown.mjs';

import {find, headingId, mainPage, pageId} from './house.mjs';

const isElsewhere = (target) => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target);
const isPicture = (file) => /\.(svg|png|jpe?g|gif|webp)$/i.test(file);
const attribute = (text) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

// An address with a % that means nothing is that of no file.
function decoded(address) {
    try {
        return decodeURI(address);
    } catch {
        return address;
    }
}

// What a local link of page `from` points to: {file, anchor, kind, id}.
function resolve(root, from, target) {
    const [address, anchor] = target.split('#');
    const file = address ? path.posix.join(path.posix.dirname(from), decoded(address)).replace(/\/$/, '') : from;
    const found = file.startsWith('..') ? null : find(root, file === '.' ? '' : file);
    if (found && isPicture(file)) return {file, anchor, kind: 'picture', id: file};
    return {file, anchor, ...(found ?? {kind: 'missing', id: target})};
}

// The local files that a page points to, with the line that does it.
export function targetsOf(root, from, text) {
    return parse(text)
        .links.filter(({target}) => target && !isElsewhere(target))
        .map(({target, line}) => ({...resolve(root, from, target), target, line}));
}

// The prose of one page: where it is, and what its [labels] stand for.
class Prose {
    constructor(root, from, page) {
        this.root = root;
        this.from = from;
        const definitions = page.links.filter(({definition}) => definition);
        this.labels = new Map(definitions.map(({text, target}) => [text.toLowerCase(), target]));
    }

    link(words, target) {
        if (isElsewhere(target)) return `[${words}](${target})`;
        const {kind, id, anchor} = resolve(this.root, this.from, target);
        if (kind === 'picture') return `<a href="${id}">${words}</a>`;
        if (kind === 'header') return reference(words, id);
        return `<a href="${id}.html${anchor && id !== 'index' ? `#${anchor}` : ''}">${words}</a>`;
    }

    // A picture is copied beside the pages, under the name that it has in the repository.
    image(words, target) {
        if (isElsewhere(target)) return `![${words}](${target})`;
        return `<img src="${this.picture(target)}" alt="${attribute(words)}"/>`;
    }
    picture(target) { return isElsewhere(target) ? target : resolve(this.root, this.from, target).file; }

    // A tag that only HTML knows goes past Doxygen as it is, with its pictures where they are then.
    tag(text) {
        const moved =
            text.replace(/\b(src|srcset)="([^"]+)"/g, (_, name, target) => `${name}="${this.picture(target)}"`);
        if (/^<img/.test(moved)) return moved;
        return plainTags.test(moved) ? `@htmlonly${moved}@endhtmlonly` : moved;
    }

    turn(text) {
        return text.replace(pieces, (whole, ...rest) => {
            const {words, picture, text: said, target, label, href, inside, html, mark} = rest.at(-1);
            if (picture) return this.image(words, picture);
            if (target) return this.link(this.turn(said), target);
            if (href) return anchorOf(whole) + this.link(this.turn(inside), href);
            if (html) return this.tag(whole);
            if (mark) return `\\${mark}`;
            if (!said) return whole;
            const named = this.labels.get((label || said).toLowerCase());
            return named === undefined ? `[${this.turn(said)}]${label === undefined ? '' : `[${label}]`}`
                                                                                         : this.link(this.turn(said), named);
        });
    }
}

// Only Doxygen knows the page of a header. It puts the words into quotes: there they are plain, and in one line.
function reference(words, id) {
    const plain = words.replace(/\s+/g, ' ').replace(/[`"]/g, '');
    return `${words.replace(/[^\n]/g, '')}[${plain}](@ref ${id})`;
}

const anchorOf = (tag) => {
    const id = /\bid="([^"]+)"/.exec(tag)?.[1];
    return id ? `@htmlonly<a id="${id}"></a>@endhtmlonly` : '';
};

// Code spans, pictures, links, tags, and marks that Doxygen would read as commands. A piece that matches hides what it
// holds from those below it.
const pieces = new RegExp(
    [
        /(?<ticks>`+)(?:[^`]|[^`][^]*?[^`])\k<ticks>(?!`)/,
        /\\[[\]]/,
        /!\[(?<words>[^\]]*)\]\((?<picture>[^)\s]+)[^)]*\)/,
        /\[(?<text>(?:`[^`]*`|[^\][`])+)\](?:\((?<target>[^)\s]+)[^)]*\)|\[(?<label>[^\]]*)\])?/,
        /<a\s[^>]*href="(?<href>[^"]+)"[^>]*>(?<inside>[^]*?)<\/a>/,
        /<(?:https?:|mailto:)[^<>\s]*>/,
        /(?<html><\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?>)/,
        /(?<mark>[@%]|\\(?![\\`*_{}[\]()#+.!<>|~-])|#(?=[A-Za-z_:]))/,
    ].map((piece) => piece.source)
        .join('|'),
    'gu');
const plainTags = /^<\/?(picture|source|figure|figcaption|kbd|mark|abbr|section|aside|video)\b|^<a\s(?!href)/i;

const isCpp = /^(cpp|c\+\+)$/i;
const definition = /^ {0,3}\[[^\]\n]+\]:\s/;

// Doxygen 1.9.4 makes one <details> for each paragraph, so these tags go past it as they are.
const folding = /^ {0,3}<\/?(details|summary)\b/i;
const asIs = (line) => `@htmlonly[block]${line.replace(/`([^`]+)`/g, '<code>$1</code>')}@endhtmlonly`;

// Puts `made` where the page has the comment <!-- lessons -->: {lessons: "..."}.
export function filterPage(root, from, text, made = {}) {
    const page = parse(text);
    const out = [...page.lines];
    const isProse = out.map((line) => line.trim() !== '');
    const isMain = from === mainPage;
    const id = isMain ? 'mainpage' : pageId(from);
    const prose = new Prose(root, from, page);

    const blank = (first, last) => {
        isProse.fill(false, first - 1, last);
        out.fill('', first - 1, last);
    };
    if (page.frontMatter) blank(page.frontMatter.first, page.frontMatter.last);

    for (const {first, last, lang, fence} of page.blocks) {
        isProse.fill(false, first - 1, last);
        const before = out[first - 1].slice(0, out[first - 1].indexOf(fence));
        out[first - 1] = `${before}${fence}${isCpp.test(lang) ? '{.cpp}' : '{.unparsed}'}`;
    }
    for (const {text: said, line, last, block} of page.comments.filter((comment) => comment.block)) {
        const quote = /^[ >]*/.exec(out[line - 1])[0].trimEnd();
        blank(line, last);
        out[line - 1] = made[said] ?? quote;
    }
    page.headings.forEach(({slug, line, level}, i) => {
        isProse[line - 1] = false;
        const words = prose.turn(out[line - 1].replace(/[ \t]+#*[ \t]*$/, ''));
        // What has an id is in the navigation too; there the main page is one line.
        if (isMain && i > 0) out[line - 1] = `<h${level} id="${slug}">${words.replace(/^#+ /, '')}</h${level}>`;
        else out[line - 1] = `${words} {#${i === 0 ? id : headingId(id, slug)}}`;
    });

    out.forEach((line, i) => {
        if (!isProse[i]) return;
        if (definition.test(line)) out[i] = '';
        else if (folding.test(line)) out[i] = asIs(line);
        else return;
        isProse[i] = false;
    });

    // A link or a code span may go on in the next line, so lines of prose are read together.
    for (let begin = 0; begin < out.length; ++begin) {
        let end = begin;
        while (isProse[end]) ++end;
        if (end === begin) continue;
        out.splice(begin, end - begin, ...prose.turn(out.slice(begin, end).join('\n')).split('\n'));
        begin = end;
    }
    return out.join('\n');
}
