// Reads a page of Markdown, as CommonMark does where it matters here: which lines are code, which are headings, what
// links where. Any text is a page; nothing makes this throw, and the time grows with the length.
//
// parse(text) gives
//   lines         the lines of the page, as they are
//   frontMatter   {first, last, values: {title: ..}, lines: {title: 2}}, or null
//   blocks        fenced code: {marker: {kind, target, options[], line} or null, fence, indent, info, lang,
//                 first (line of the fence), last (of the closing one), closed, prefix (what stands before the fence
//                 in a list or a quote), body: [lines]}
//   unfenced      code that is not fenced: [{how: 'indented', 'tag', 'html' or 'open', first, last}]; tag: in <pre> or
//                 so; html: a fence which a forge shows as raw text, because it stands in HTML; open: HTML or a
//                 comment that does not end
//   headings      [{level, text (what a reader sees), slug, line}]
//   links         [{target, text, image, line}]; also html (the tag), reference (by which label), definition, bare.
//                 target is null when there is no such label; text is null where there is no place for words
//   ids           [{id, line}] in raw HTML
//   comments      [{text, line, last}]
//   codes         [{text, line, inBrackets}]: inline code; inBrackets is whether it is all that stands in ( )
//   tags          [{name, attributes, closes, line}] of raw HTML
// All lines count from 1.
import {htmlBlock} from './html.mjs';
import {normalLabel, readHtml, readInline, Stretch} from './inline.mjs';
import {Slugger} from './slugs.mjs';

const codeTags = ['pre', 'code', 'samp', 'xmp', 'listing', 'plaintext', 'textarea', 'script', 'style'];

const deepest = 50;  // lists and quotes inside each other; what is deeper is read as text

export function parse(text) {
    const page = new Page(text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/));
    for (let i = page.frontMatter?.last ?? 0; i < page.lines.length; ++i) page.read(page.lines[i], i + 1);
    return page.finish();
}

// `---`, lines of `key: value`, `---`. Anything else between is Markdown.
function frontMatterOf(lines) {
    if (lines[0]?.trimEnd() !== '---') return null;
    const found = {first: 1, last: 0, values: {}, lines: {}};
    for (let i = 1; i < lines.length; ++i) {
        if (/^---\s*$/.test(lines[i])) return {...found, last: i + 1};
        const pair = /^([A-Za-z][\w-]*):(?:\s+(.*))?$/.exec(lines[i]);
        if (!pair && !/^\s*(#.*)?$/.test(lines[i])) return null;
        if (!pair) continue;
        found.values[pair[1]] = (pair[2] ?? '').trim().replace(/^(["'])(.*)\1$/, '$2');
        found.lines[pair[1]] = i + 1;
    }
    return null;
}

// `code: demo.cpp#bank; steps: ..` in a comment is a marker. Options are what stands after semicolons.
function markerOf(comment, line) {
    const match = /^([A-Za-z]+)\s*:\s*(.*)$/.exec(comment);
    if (!match) return null;
    const [target, ...options] = splitOutsideTicks(match[2], ';').map((part) => part.trim());
    return {kind: match[1], target, options, line};
}

// What stands between separators; those inside backticks do not count.
export function splitOutsideTicks(text, separator) {
    const parts = [''];
    let quoted = false;
    for (let i = 0; i < text.length;) {
        if (text[i] === '`') quoted = !quoted && text.indexOf('`', i + 1) > 0;
        if (!quoted && text.startsWith(separator, i)) {
            parts.push('');
            i += separator.length;
        } else {
            parts[parts.length - 1] += text[i++];
        }
    }
    return parts;
}

const blank = (line) => !/[^ \t]/.test(line);

// The columns of white space before a text that begins in this column: tabs reach to the next multiple of four.
function indentOf(line, column = 0) {
    let at = column;
    for (const c of line) {
        if (c === ' ') ++at;
        else if (c === '\t') at += 4 - (at % 4);
        else break;
    }
    return at - column;
}

// The line without so many columns of white space, or all that it has. Half a tab becomes spaces.
function dropIndent(line, columns, column = 0) {
    let i = 0;
    let dropped = 0;
    while (dropped < columns && (line[i] === ' ' || line[i] === '\t')) {
        dropped += line[i] === ' ' ? 1 : 4 - ((column + dropped) % 4);
        ++i;
    }
    return ' '.repeat(Math.max(0, dropped - columns)) + line.slice(i);
}

const isRule = (line) => /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(line.slice(0, 4000));

class Page {
    #containers = [];  // quotes and list items that are open: {quote} or {columns}
    #leaf = null;      // the paragraph, fence, HTML or indented code that is open
    #column = 0;       // where the rest of the line begins, for tabs
    #texts = [];       // stretches of Markdown to read when all definitions are known
    #definitions = new Map();

    constructor(lines) {
        this.lines = lines;
        this.frontMatter = frontMatterOf(lines);
        this.blocks = [];
        this.unfenced = [];
        this.headings = [];
        this.links = [];
        this.ids = [];
        this.comments = [];
        this.tags = [];
        this.codes = [];
    }

    read(line, number) {
        let rest = line;
        let depth = 0;
        this.#column = 0;
        for (; depth < this.#containers.length; ++depth) {
            const container = this.#containers[depth];
            const inside =
                container.quote ? insideQuote(rest, this.#column) : insideItem(rest, this.#column, container);
            if (inside === null) break;
            rest = inside.rest;
            this.#column = inside.column;
        }
        if (depth < this.#containers.length) {
            if (this.#leaf?.is === 'paragraph' && this.#continues(rest)) {
                this.#leaf.lines.push(rest.trim());
                return;
            }
            this.#close(number - 1);
            this.#containers.length = depth;
        }
        if (this.#leaf?.is === 'fence' || this.#leaf?.is === 'html') {
            if (this.#goOn(rest, number)) return;
        }
        rest = this.#openContainers(rest, number);
        if (rest !== null) this.#readLeaf(rest, number);
    }

    // A paragraph goes on lazily outside of its quote or item, unless something else begins there.
    #continues(rest) {
        return !blank(rest)
               && (indentOf(rest, this.#column) >= 4
                   || (!beginsBlock(rest, true) && !containerAt(rest, this.#column, false)));
    }

    #openContainers(rest, number) {
        for (;;) {
            const inParagraph = this.#leaf?.is === 'paragraph';
            if (indentOf(rest, this.#column) >= 4 || this.#containers.length >= deepest) return rest;
            const plain = untabbed(rest, this.#column);
            const setext = inParagraph && /^ {0,3}(?:=+|-+)[ \t]*$/.test(plain);
            if (setext || isRule(plain)) return plain;
            const begun = containerAt(rest, this.#column, inParagraph);
            if (!begun) return rest;
            this.#close(number - 1);
            this.#containers.push(begun.container);
            rest = begun.rest;
            this.#column = begun.column;
        }
    }

    // The next line of a fence or of HTML. False when that is over, and the line still to be read.
    #goOn(rest, number) {
        const leaf = this.#leaf;
        if (leaf.is === 'fence') {
            const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(untabbed(rest, this.#column));
            if (closing && closing[1][0] === leaf.block.fence[0] && closing[1].length >= leaf.block.fence.length) {
                leaf.block.closed = true;
                this.#close(number);
            } else {
                leaf.block.body.push(dropIndent(rest, leaf.block.indent, this.#column));
            }
            return true;
        }
        if (!leaf.end && blank(rest)) {
            this.#close(number - 1);
            return false;
        }
        leaf.lines.push(rest);
        if (leaf.end?.test(rest)) this.#close(number);
        return true;
    }

    #readLeaf(rest, number) {
        const leaf = this.#leaf;
        const inParagraph = leaf?.is === 'paragraph';
        if (blank(rest)) {
            if (inParagraph) this.#close(number - 1);
            return;
        }
        const indent = indentOf(rest, this.#column);
        if (indent >= 4 && !inParagraph) {
            if (leaf?.is === 'indented') leaf.last = number;
            else this.#open({is: 'indented', first: number, last: number}, number);
            return;
        }
        const trimmed = rest.trimStart();
        const fence = indent < 4 && fenceAt(trimmed);
        if (fence) {
            this.#openFence(fence, indent, number);
            return;
        }
        const html = indent < 4 && htmlBlock(trimmed, inParagraph);
        if (html) {
            this.#open({is: 'html', end: html.end, first: number, lines: [rest]}, number);
            if (html.end?.test(rest)) this.#close(number);
            return;
        }
        const underline = inParagraph && /^ {0,3}(=+|-+)[ \t]*$/.exec(rest);
        if (underline && this.#paragraphBecomesHeading(underline[1][0] === '=' ? 1 : 2)) return;
        if (isRule(rest)) {
            this.#close(number - 1);
            return;
        }
        const heading = indent < 4 && /^(#{1,6})(?:[ \t]|$)/.exec(trimmed);
        if (heading) {
            this.#close(number - 1);
            const words = trimmed.slice(heading[1].length).trim();
            const end = /(?:^|[ \t])#+$/.exec(words.slice(-100));
            this.#texts.push({
                heading: heading[1].length,
                stretch: new Stretch([end ? words.slice(0, words.length - end[0].length).trimEnd() : words], number)
            });
            return;
        }
        if (inParagraph) leaf.lines.push(trimmed);
        else this.#open({is: 'paragraph', first: number, lines: [trimmed]}, number);
    }

    #open(leaf, number) {
        this.#close(number - 1);
        this.#leaf = leaf;
    }

    #openFence({fence, info}, indent, number) {
        this.#close(number - 1);
        const above = this.comments.at(-1);
        const alone = above && above.block && above.line === number - 1 && above.within === this.#containers.at(-1);
        const prefix = this.#containers.map((c) => (c.quote ? '> ' : ' '.repeat(c.columns))).join('');
        const block = {
            marker: alone ? markerOf(above.text, above.line) : null,
            fence,
            indent,
            info,
            lang: info.split(/[\s{[]/)[0],
            first: number,
            last: number,
            closed: false,
            prefix,
            body: []
        };
        if (block.marker) above.attached = true;
        this.blocks.push(block);
        this.#leaf = {is: 'fence', block};
    }

    // Ends the open leaf; `last` is its last line.
    #close(last) {
        const leaf = this.#leaf;
        this.#leaf = null;
        if (!leaf) return;
        if (leaf.is === 'fence') leaf.block.last = last;
        if (leaf.is === 'indented') this.unfenced.push({how: 'indented', first: leaf.first, last: leaf.last});
        if (leaf.is === 'paragraph') this.#endParagraph(leaf);
        if (leaf.is === 'html') this.#endHtml(leaf, last);
    }

    #endHtml(leaf, last) {
        const before = this.comments.length;
        readHtml(new Stretch(leaf.lines, leaf.first), this);
        const only = this.comments[before];
        const whole = leaf.lines.length === 1 && /^\s*<!--(?:(?!-->)[^])*-->\s*$/.test(leaf.lines[0]);
        if (only && whole) Object.assign(only, {block: true, within: this.#containers.at(-1)});
        const comment = /^\s*<!--/.test(leaf.lines[0]);
        const fence = comment ? -1 : leaf.lines.findIndex((line) => fenceAt(line.trimStart()));
        if (fence >= 0) this.unfenced.push({how: 'html', first: leaf.first + fence, last});
    }

    #endParagraph(leaf) {
        const skip = this.#takeDefinitions(leaf);
        if (skip < leaf.lines.length) {
            this.#texts.push({stretch: new Stretch(leaf.lines.slice(skip), leaf.first + skip)});
        }
    }

    #paragraphBecomesHeading(level) {
        const leaf = this.#leaf;
        const skip = this.#takeDefinitions(leaf);
        if (skip === leaf.lines.length) return false;
        this.#leaf = null;
        this.#texts.push({heading: level, stretch: new Stretch(leaf.lines.slice(skip), leaf.first + skip)});
        return true;
    }

    // Link definitions at the head of a paragraph. How many of its lines they take.
    #takeDefinitions(leaf) {
        if (leaf.defined) return leaf.defined;
        let line = 0;
        while (line < leaf.lines.length) {
            const match =
                /^\[((?!\^)(?:[^[\]\\]|\\.){1,999})\]:[ \t]*(?:<([^<>]*)>|(\S+))[ \t]*(.*)$/.exec(leaf.lines[line]);
            if (!match || (match[4] && !/^(?:"[^"]*"|'[^']*'|\([^()]*\))$/.test(match[4].trim()))) break;
            const [label, target] = [normalLabel(match[1]), match[2] ?? match[3]];
            this.links.push({target, text: match[1], image: false, definition: true, line: leaf.first + line});
            if (!this.#definitions.has(label)) this.#definitions.set(label, {target});
            ++line;
            if (!match[4] && /^(?:"[^"]*"|'[^']*'|\([^()]*\))$/.test(leaf.lines[line]?.trim() ?? '')) ++line;
        }
        leaf.defined = line;
        return line;
    }

    finish() {
        const {is, end, first} = this.#leaf ?? {};
        if (is === 'html' && end) this.unfenced.push({how: 'open', first, last: this.lines.length});
        this.#close(this.lines.length);
        const slugger = new Slugger();
        for (const {heading, stretch} of this.#texts) {
            const text = readInline(stretch, this.#definitions, this);
            if (heading)
                this.headings.push({level: heading, text: text.trim(), slug: slugger.next(text), line: stretch.first});
        }
        for (const {name, closes, line} of this.tags) {
            if (codeTags.includes(name) && !closes) {
                this.unfenced.push({how: 'tag', name, first: line, last: line});
            }
        }
        for (const list of [this.links, this.ids, this.comments, this.tags, this.codes])
            list.sort((a, b) => a.line - b.line);
        this.unfenced.sort((a, b) => a.first - b.first);
        const {lines, frontMatter, blocks, unfenced, headings, links, ids, comments, tags, codes} = this;
        return {lines, frontMatter, blocks, unfenced, headings, links, ids, comments, tags, codes};
    }
}

// -- What a line begins ------------------------------------------------------------------------------------------

function fenceAt(line) {
    const match = /^(`{3,}|~{3,})(.*)$/.exec(line);
    if (!match || (match[1][0] === '`' && match[2].includes('`'))) return null;
    return {fence: match[1], info: match[2].trim()};
}

function beginsBlock(line, inParagraph) {
    const trimmed = line.trimStart();
    return Boolean(fenceAt(trimmed) || /^#{1,6}(?:[ \t]|$)/.test(trimmed) || isRule(line)
                   || htmlBlock(trimmed, inParagraph));
}

// The line with spaces for tabs in front, if that is still no indented code.
function untabbed(line, column) {
    const indent = indentOf(line, column);
    return indent < 4 ? ' '.repeat(indent) + line.trimStart() : line;
}

// The rest of the line and its column, when the line goes on in a quote or an item; else null.
function insideQuote(line, column) {
    const match = /^ {0,3}>/.exec(untabbed(line, column));
    if (!match) return null;
    const after = line.trimStart().slice(1);
    const next = column + match[0].length;
    return {rest: dropIndent(after, 1, next), column: next + (/^[ \t]/.test(after) ? 1 : 0)};
}

function insideItem(line, column, item) {
    // An item that began with a blank line holds no second one.
    if (blank(line)) return item.empty ? null : {rest: '', column};
    if (indentOf(line, column) < item.columns) return null;
    item.empty = false;
    return {rest: dropIndent(line, item.columns, column), column: column + item.columns};
}

// A quote or an item that begins here: {container, rest, column}, or null.
function containerAt(line, column, inParagraph) {
    const quote = insideQuote(line, column);
    if (quote) return {container: {quote: true}, ...quote};
    const marker = /^( {0,3})([-+*]|\d{1,9}[.)])(?=[ \t]|$)/.exec(untabbed(line, column));
    if (!marker) return null;
    const width = marker[0].length;
    const after = line.trimStart().slice(marker[2].length);
    const empty = blank(after);
    if (inParagraph && (empty || (/\d/.test(marker[2]) && parseInt(marker[2], 10) !== 1))) return null;
    const space = indentOf(after, column + width);
    const columns = width + (empty || space > 4 ? 1 : space);
    const rest = empty ? '' : dropIndent(after, columns - width, column + width);
    return {container: {columns, empty}, rest, column: column + columns};
}
