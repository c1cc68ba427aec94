// Reads decks: slides/NN_name.md becomes {file, number, name, title, minutes, page, slides}. It takes what there is, and
// leaves it to check.mjs to say what is missing. Lines count from 1.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

import {parse} from '../../docs/text/markdown.mjs';

// The words that begin a prompt in the notes.
export const prompts = ['Ask', 'Demo', 'Pause', 'Say', 'Point'];

// The only HTML in a deck, without attributes.
export const tagsAllowed = ['br', 'kbd', 'sub', 'sup'];

export const deckName = /^(\d\d)_([a-z][a-z0-9_]*)\.md$/;

export function readDecks(root) {
    const folder = path.join(root, 'slides');
    if (!existsSync(folder)) return [];
    return readdirSync(folder).filter((name) => deckName.test(name)).sort().map((name) => readDeck(root, name));
}

function readDeck(root, name) {
    const page = parse(readFileSync(path.join(root, 'slides', name), 'utf8'));
    const values = page.frontMatter?.values ?? {};
    const deck = {
        file: `slides/${name}`,
        number: name.slice(0, 2),
        name: name.slice(0, -'.md'.length),
        title: values.title ?? '',
        minutes: Number(values.minutes || NaN),
        page
    };
    deck.slides = parts(page).map(([first, lines]) => readSlide(deck, first, lines));
    return deck;
}

// [line, lines] of each slide: what stands between lines `---` outside of code.
function parts(page) {
    const inCode = new Set();
    for (const {first, last} of page.blocks) {
        for (let line = first; line <= last; ++line) inCode.add(line);
    }
    const start = page.frontMatter?.last ?? 0;
    const found = [[start + 1, []]];
    for (let i = start; i < page.lines.length; ++i) {
        if (/^---\s*$/.test(page.lines[i]) && !inCode.has(i + 1)) found.push([i + 2, []]);
        else found.at(-1)[1].push(page.lines[i]);
    }
    return found;
}

function readSlide(deck, first, lines) {
    const whole = parse(lines.join('\n'));
    const inCode = (line) => whole.blocks.some((block) => block.first <= line && line <= block.last);
    const noteAt = lines.findIndex((line, i) => /^Notes?:/i.test(line) && !inCode(i + 1));
    const body = noteAt < 0 ? lines : lines.slice(0, noteAt);
    const page = noteAt < 0 ? whole : parse(body.join('\n'));
    const at = (line) => first + line - 1;

    const settings = page.comments.filter(({text}) => text.startsWith('.slide:'));
    const words = settings.map(({text}) => text.slice('.slide:'.length)).join(' ');
    const attributes = new Map([...words.matchAll(/([^\s="]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const begun = lines.findIndex((line) => line.trim() !== '');
    return {
        deck,
        line: at(settings[0]?.line ?? Math.max(begun, 0) + 1),
        at,
        page,
        body: body.join('\n'),
        settings: settings.length,
        unread: words.replace(/[^\s="]+="[^"]*"/g, '').trim(),
        attributes,
        id: attributes.get('id') ?? '',
        minutes: Number(attributes.get('data-minutes') || NaN),
        length: attributes.get('data-length') ?? '',
        heading: page.headings[0]?.text ?? '',
        noteLine: noteAt < 0 ? 0 : at(noteAt + 1),
        notes: noteAt < 0 ? '' : lines.slice(noteAt + 1).join('\n').trim(),
        // The notes as a page whose lines are those of the slide.
        notesPage: parse(lines.map((line, i) => (noteAt >= 0 && i > noteAt ? line : '')).join('\n'))
    };
}

// The lines that are neither code nor heading nor comment: what is to be read besides them.
export function proseOf({page, body}) {
    const taken = new Set(page.headings.map(({line}) => line));
    for (const {first, last} of page.blocks) {
        for (let line = first; line <= last; ++line) taken.add(line);
    }
    const lines = body.split('\n').map((line, i) => (taken.has(i + 1) ? '' : line)).join('\n');
    return lines.replace(/<!--[^]*?-->/g, '')
        .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
        .split('\n')
        .filter((line) => line.trim());
}
