// Raw HTML inside Markdown: tags, their attributes, comments. Each pattern is sticky and looks at a character at most
// a few times, so that no page can make it slow.

const name = '[A-Za-z][A-Za-z0-9-]*';
const attribute = '[A-Za-z_:@.][\\w:.@-]*';
const value = '[^\\s"\'=<>`]+|\'[^\']*\'|"[^"]*"';
const openTag = new RegExp(`<(${name})((?:\\s+${attribute}(?:\\s*=\\s*(?:${value}))?)*)\\s*/?>`, 'y');
const closeTag = new RegExp(`</(${name})\\s*>`, 'y');
const oneAttribute = new RegExp(`(${attribute})(?:\\s*=\\s*(${value}))?`, 'g');

// The tag that begins at `at`, or null. The end is the offset behind it.
export function tagAt(text, at) {
    openTag.lastIndex = at;
    let match = openTag.exec(text);
    if (match) {
        const attributes = {};
        for (const [, key, raw = ''] of match[2].matchAll(oneAttribute)) {
            const bare = /^["']/.test(raw) ? raw.slice(1, -1) : raw;
            if (!Object.hasOwn(attributes, key.toLowerCase())) attributes[key.toLowerCase()] = bare;
        }
        return {name: match[1].toLowerCase(), attributes, closes: false, end: openTag.lastIndex};
    }
    closeTag.lastIndex = at;
    match = closeTag.exec(text);
    return match && {name: match[1].toLowerCase(), attributes: {}, closes: true, end: closeTag.lastIndex};
}

// Where the comment (or <?..?>, <!X..>, CDATA) that begins at `at` ends: -1 when it does not, null when none begins.
export function commentEnd(text, at) {
    for (const [begin, end] of [['<!--', '-->'], ['<?', '?>'], ['<![CDATA[', ']]>']]) {
        if (!text.startsWith(begin, at)) continue;
        if (begin === '<!--' && /^<!---?>/.test(text.slice(at, at + 6))) return text.indexOf('>', at) + 1;
        const found = text.indexOf(end, at + begin.length);
        return found < 0 ? -1 : found + end.length;
    }
    if (/^<![A-Za-z]/.test(text.slice(at, at + 3))) return text.indexOf('>', at) + 1 || -1;
    return null;
}

const hasWords = (attributes) => attributes.alt ?? attributes['aria-label'] ?? attributes.title;

// What a tag points to: [{target, text, image}].
export function linksOf({name, attributes}) {
    const found = [];
    const image = name === 'img' || name === 'source' || name === 'image';
    const text = name === 'img' ? hasWords(attributes) ?? '' : null;
    for (const key of ['src', 'href', 'xlink:href', 'poster', 'data']) {
        if (key === 'data' && name !== 'object') continue;
        if (Object.hasOwn(attributes, key)) found.push({target: attributes[key], text, image});
    }
    if (Object.hasOwn(attributes, 'srcset')) {
        for (const candidate of attributes.srcset.split(',')) {
            const target = candidate.trim().split(/\s/)[0];
            if (target) found.push({target, text: null, image});
        }
    }
    if (name === 'img' && found.length === 0) found.push({target: '', text, image});
    return found;
}

// What the HTML block types of CommonMark begin with and end at; null: a blank line.
const blockNames =
    `address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|
div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hr|html|iframe|legend|li|
link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|
title|tr|track|ul`.replace(/\s/g, '');
const blockKinds = [
    [/^<(?:script|pre|style|textarea)(?=[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i], [/^<!--/, /-->/],
    [/^<\?/, /\?>/], [/^<![A-Za-z]/, />/], [/^<!\[CDATA\[/, /\]\]>/],
    [new RegExp(`^</?(?:${blockNames})(?=\\s|/?>|$)`, 'i'), null]
];

// Does an HTML block begin with this line? Then {end: pattern or null}; a lone tag cannot interrupt a paragraph.
export function htmlBlock(line, inParagraph) {
    if (!line.startsWith('<')) return null;
    for (const [begin, end] of blockKinds) {
        if (begin.test(line)) return {end};
    }
    if (inParagraph) return null;
    const tag = tagAt(line, 0);
    return tag && line.slice(tag.end).trim() === '' ? {end: null} : null;
}
