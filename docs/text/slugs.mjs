// The anchors that a forge gives to headings: "A call, and its `from`" is #a-call-and-its-from.

const entities = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    nbsp: '\u00a0',
    ndash: '–',
    mdash: '—',
    middot: '·'
};

export function decodeEntities(text) {
    return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{2,31}));/g, (all, decimal, hex, name) => {
        if (name) return Object.hasOwn(entities, name) ? entities[name] : all;
        const code = decimal ? Number(decimal) : parseInt(hex, 16);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    });
}

// The text is what a reader sees of the heading, without markup.
function slugOf(text) {
    const kept = text.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '');
    return kept.replace(/ /g, '-');
}

// Gives each heading of a page its slug: the second "Try it" is #try-it-1.
export class Slugger {
    #taken = new Map();

    next(text) {
        const plain = slugOf(text);
        let slug = plain;
        let count = this.#taken.get(plain) ?? 0;
        while (this.#taken.has(slug)) slug = `${plain}-${++count}`;
        this.#taken.set(plain, count);
        this.#taken.set(slug, this.#taken.get(slug) ?? 0);
        return slug;
    }
}
