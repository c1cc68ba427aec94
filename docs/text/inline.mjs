// What stands inside a paragraph, a heading or raw HTML: links, pictures, ids, tags, comments.
// It goes over the text once, from left to right.
import {commentEnd, linksOf, tagAt} from './html.mjs';
import {decodeEntities} from './slugs.mjs';

// A stretch of text and the line of the page on which each of its lines stands.
export class Stretch {
    constructor(lines, first) {
        this.text = lines.join('\n');
        this.first = first;
        this.starts = [];
        let at = 0;
        for (const line of lines) {
            this.starts.push(at);
            at += line.length + 1;
        }
    }

    lineAt(offset) {
        let low = 0;
        let high = this.starts.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.starts[middle] <= offset) low = middle;
            else high = middle - 1;
        }
        return this.first + low;
    }
}

export const normalLabel = (label) => label.trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase();

const unescaped = (text) => decodeEntities(text.replace(/\\([!-/:-@[-`{-~])/g, '$1'));

const longest = 1000;  // characters of a link's address or title; what is longer is no link

// `(<address> "title")` behind a `]`: {target, end} or null.
function inlineTarget(text, at) {
    const part = text.slice(at, at + 2 * longest);
    const match = /^\(\s*(?:<((?:[^<>\n\\]|\\.)*)>|([^\s<][^\s]*)?)/.exec(part);
    if (!match) return null;
    let target = match[1] ?? match[2] ?? '';
    let end = match[0].length;
    if (match[1] === undefined) {
        // A bare address ends at the bracket that nothing in it opened.
        let depth = 0;
        for (let i = 0; i < target.length; ++i) {
            if (target[i] === '\\') ++i;
            else if (target[i] === '(') ++depth;
            else if (target[i] === ')' && --depth < 0) {
                end -= target.length - i;
                target = target.slice(0, i);
                break;
            }
        }
        if (depth > 0) return null;
    }
    const rest =
        /^(?:\s+(?:"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\((?:[^()\\]|\\[^])*\)))?\s*\)/.exec(part.slice(end));
    return rest && {target: unescaped(target), end: at + end + rest[0].length};
}

function labelAt(text, at) {
    const match = /^\[((?:[^[\]\\]|\\[^]){0,999})\]/.exec(text.slice(at, at + 2 * longest));
    return match && {label: match[1], end: at + match[0].length};
}

// The raw HTML of a stretch. Used for HTML blocks, where Markdown means nothing.
export function readHtml(stretch, found) {
    const {text} = stretch;
    for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
        const end = readMarkup(stretch, at, found);
        if (end === null && text.startsWith('<!--', at)) return;
        at = end ?? at + 1;
    }
}

// One tag or comment at `at`: notes what it holds, and gives the offset behind it, or null.
function readMarkup(stretch, at, found) {
    const {text} = stretch;
    const line = stretch.lineAt(at);
    const closed = commentEnd(text, at);
    if (closed === -1) return null;
    if (closed !== null) {
        if (text.startsWith('<!--', at)) {
            const last = stretch.lineAt(closed - 1);
            found.comments.push({text: text.slice(at + 4, Math.max(at + 4, closed - 3)).trim(), line, last});
        }
        return closed;
    }
    const tag = tagAt(text, at);
    if (!tag) return null;
    found.tags.push({name: tag.name, attributes: tag.attributes, closes: tag.closes, line});
    const id = tag.attributes.id ?? (tag.name === 'a' ? tag.attributes.name : undefined);
    if (id !== undefined) found.ids.push({id, line});
    for (const link of linksOf(tag)) found.links.push({...link, html: tag.name, line});
    return tag.end;
}

// Markdown's own text. Gives back what a reader sees of it, for slugs.
export function readInline(stretch, definitions, found) {
    const {text} = stretch;
    const seen = [];      // pieces of visible text
    const brackets = [];  // [ and ![ that are open
    const noTicks = new Set();
    let commentsEnd = true;
    let at = 0;
    const plain = (end) => {
        seen.push(text.slice(at, end));
        at = end;
    };

    while (at < text.length) {
        const special = /[\\`<[\]!hw]/g;
        special.lastIndex = at;
        const next = special.exec(text);
        if (!next) {
            plain(text.length);
            break;
        }
        plain(next.index);
        const c = text[at];
        if (c === '\\') {
            const escapes = /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '');
            seen.push(text.slice(escapes ? at + 1 : at, at + 2));
            at += 2;
        } else if (c === '`') {
            const ticks = /`+/y;
            ticks.lastIndex = at;
            const run = ticks.exec(text)[0];
            const end = noTicks.has(run.length) ? -1 : closingTicks(text, at + run.length, run.length);
            if (end < 0) {
                noTicks.add(run.length);
                plain(at + run.length);
            } else {
                const code = text.slice(at + run.length, end).replace(/\n/g, ' ');
                found.codes.push(
                    {text: code.trim(), line: stretch.lineAt(at), inBrackets: inBrackets(text, at, end + run.length)});
                seen.push(code.replace(/^ (.*\S.*) $/, '$1').replace(/_/g, '\u0001').replace(/&/g, '\u0002'));
                at = end + run.length;
            }
        } else if (c === '<') {
            const auto = /^<((?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)|[\w.!#$%&'*+/=?^{|}~-]+@[\w.-]+)>/.exec(
                text.slice(at, at + longest));
            const isComment = text.startsWith('<!--', at);
            if (auto) {
                const target = auto[1].includes(':') ? auto[1] : `mailto:${auto[1]}`;
                found.links.push({target, text: auto[1], image: false, line: stretch.lineAt(at)});
                seen.push(auto[1]);
                at += auto[0].length;
            } else {
                const end = isComment && !commentsEnd ? null : readMarkup(stretch, at, found);
                if (end === null && isComment) commentsEnd = false;
                if (end === null) plain(at + 1);
                else at = end;
            }
        } else if (c === '[' || (c === '!' && text[at + 1] === '[')) {
            const image = c === '!';
            brackets.push({at, image, inner: at + (image ? 2 : 1), pieces: seen.length});
            at += image ? 2 : 1;
        } else if (c === ']') {
            at = closeBracket(stretch, at, brackets, definitions, seen, found);
        } else if ((c === 'h' || c === 'w') && !/\w/.test(text[at - 1] ?? ' ')) {
            const bare = /^(?:https?:\/\/|www\.)[^\s<>\])]+/.exec(text.slice(at, at + longest));
            const inside = brackets.length > 0;
            if (bare && !inside) {
                const target = bare[0].replace(/[?!.,:*_~'"`]+$/, '');
                found.links.push({target, text: target, image: false, bare: true, line: stretch.lineAt(at)});
                plain(at + target.length);
            } else {
                plain(at + 1);
            }
        } else {
            plain(at + 1);
        }
    }
    return visible(seen.join(''));
}

// Does nothing but code stand between a ( before and a ) behind? (`one`, `two`)
function inBrackets(text, from, to) {
    return /\((?:`[^`]*`,\s*)*$/.test(text.slice(Math.max(0, from - 400), from))
           && /^(?:,\s*`[^`]*`)*\)/.test(text.slice(to, to + 400));
}

function closingTicks(text, from, length) {
    const ticks = /`+/g;
    ticks.lastIndex = from;
    for (let run; (run = ticks.exec(text));) {
        if (run[0].length === length) return run.index;
    }
    return -1;
}

// At a `]`: notes the link that it ends, if it ends one, and gives the offset behind.
function closeBracket(stretch, at, brackets, definitions, seen, found) {
    const {text} = stretch;
    const open = brackets.pop();
    if (!open) {
        seen.push(']');
        return at + 1;
    }
    const words = text.slice(open.inner, at);
    const link = {text: words, image: open.image, line: stretch.lineAt(open.at)};
    const direct = inlineTarget(text, at + 1);
    if (direct) {
        found.links.push({...link, target: direct.target});
    } else {
        const named = labelAt(text, at + 1);
        const label = named?.label || (words.length < 1000 ? words : '');
        const target = definitions.get(normalLabel(label))?.target;
        const isText = target === undefined && (!named?.label || text[named.end] === '(');
        if (isText) {
            seen[open.pieces] = (open.image ? '![' : '[') + (seen[open.pieces] ?? '');
            seen.push(']');
            return at + 1;
        }
        found.links.push({...link, target: target ?? null, reference: label});
        if (open.image) seen.length = open.pieces;
        return named ? named.end : at + 1;
    }
    if (open.image) seen.length = open.pieces;
    return direct.end;
}

// Emphasis is markup, an underscore inside a word is not.
function visible(text) {
    if (text.length < 1000) text = text.replace(/(?<![\p{L}\p{N}_])_+(?=\S)|(?<=\S)_+(?![\p{L}\p{N}_])/gu, '');
    return decodeEntities(text).replace(/\u0001/g, '_').replace(/\u0002/g, '&');
}
