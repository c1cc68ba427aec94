// What can be seen of a deck without showing it. Whether a slide fits is seen in a browser: tests/slides/fit.mjs.
import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';

import {didYouMean} from '../../docs/text/complaints.mjs';

import {readInfo} from './code.mjs';
import {deckName, prompts, proseOf, tagsAllowed} from './deck.mjs';
import {lengths, marks, pauses, slidesIn, sum} from './lengths.mjs';
import {PictureFault, pictureFile, readPicture} from './pictures.mjs';

const most = {
    words: 40,
    lines: 16,
    columns: 72
};
const leastMinutes = 0.5;
const keys = ['title', 'minutes'];
const settings = ['id', 'data-minutes', 'data-length'];

const list = (words) => words.join(', ');
const isMinutes = (minutes) => Number.isFinite(minutes) && minutes >= leastMinutes;
const suggestion = (name, names) => didYouMean(name, names) || `It knows ${list(names)}.`;

export function check(decks, {root, least}, complaints) {
    checkPairs(decks, root, complaints);
    for (const deck of decks) {
        const complain = (line, what, toDo) => complaints.add({file: deck.file, line, what, toDo});
        if (!checkShape(deck, complain)) continue;
        checkFrontMatter(deck, complain);
        checkDeck(deck, least, complain);
        for (const slide of deck.slides) {
            checkSettings(slide, complain);
            checkContent(slide, complain);
            checkHtml(slide, complain);
            checkCode(slide, complain);
            checkLinks(slide, root, complain);
            checkNotes(slide, complain);
        }
    }
    checkLengths(decks, complaints);
}

// A deck for every chapter, and a chapter for every deck.
function checkPairs(decks, root, complaints) {
    const names = (folder) => (existsSync(path.join(root, folder)) ? readdirSync(path.join(root, folder)) : []);
    const chapters = names('chapters').filter((name) => deckName.test(`${name}.md`));
    for (const name of names('slides').filter((file) => file.endsWith('.md') && !deckName.test(file))) {
        complaints.add({
            file: `slides/${name}`,
            what: 'this is no name of a deck',
            toDo: 'Name it as its chapter: slides/NN_name.md.'
        });
    }
    for (const {file, name} of decks.filter((deck) => !chapters.includes(deck.name))) {
        const toDo = didYouMean(name, chapters) || 'Name the deck as the folder of its chapter.';
        complaints.add({file, what: `there is no chapter chapters/${name} for this deck`, toDo});
    }
    for (const [i, {file, number}] of decks.entries()) {
        const other = decks.slice(0, i).find((deck) => deck.number === number);
        if (!other) continue;
        complaints.add({
            file,
            what: `${other.file} is the deck of chapter ${number} already`,
            toDo: 'Give the chapter a number of its own: together, the decks are told apart by it.'
        });
    }
    for (const name of chapters.filter((chapter) => !decks.some((deck) => deck.name === chapter))) {
        complaints.add({
            file: `chapters/${name}`,
            what: `the chapter has no slides: there is no slides/${name}.md`,
            toDo: 'Write the deck. docs/writing.md shows one.'
        });
    }
}

// Whether it is clear where slides begin and end. If not, there is nothing to say about them.
function checkShape({page}, complain) {
    const open = page.blocks.find(({closed}) => !closed);
    if (!page.frontMatter) {
        complain(1, 'the deck has no front matter', 'Begin it with ---, title: .., minutes: .., ---.');
    }
    if (open) complain(open.first, 'this block of code does not end', 'Close it with a line of as many backticks.');
    return page.frontMatter && !open;
}

function checkFrontMatter({page, title, minutes, slides}, complain) {
    const {frontMatter} = page;
    for (const key of Object.keys(frontMatter.values).filter((name) => !keys.includes(name))) {
        complain(frontMatter.lines[key], `front matter has no key ${key}`, suggestion(key, keys));
    }
    if (!title)
        complain(frontMatter.lines.title ?? 1, 'the deck has no title', 'Add a line title: .. to its front matter.');
    const line = frontMatter.lines.minutes ?? 1;
    const all = sum(slides);
    if (!isMinutes(minutes)) {
        complain(line, 'the deck does not say how many minutes it takes',
                 `Write minutes: ${all || '..'} into its front matter.`);
    } else if (minutes !== all && slides.every((slide) => isMinutes(slide.minutes))) {
        complain(line, `the slides take ${all} minutes, the front matter says ${minutes}`,
                 `Write minutes: ${all}, or give slides other minutes.`);
    }
}

function checkDeck({slides}, least, complain) {
    if (slides.length < least) {
        complain(1, `the deck has ${slides.length} ${slides.length === 1 ? 'slide' : 'slides'}`,
                 `A chapter has at least ${least}.`);
    }
    const seen = new Map();
    for (const {id, line} of slides.filter(({id}) => id)) {
        if (seen.has(id))
            complain(line, `the id ${id} is taken, in line ${seen.get(id)}`, 'Give the slide an id of its own.');
        else seen.set(id, line);
        const other = id.replace(/-heading$/, '');
        if (other !== id && slides.some((slide) => slide.id === other))
            complain(line, `the id ${id} is that of the heading of slide ${other}`, 'Give the slide another id.');
    }
}

function checkSettings(slide, complain) {
    const {line, id, minutes, length, attributes} = slide;
    if (slide.settings === 0) {
        complain(line, 'the slide has no settings',
                 'Begin it with <!-- .slide: id=".." data-minutes=".." data-length=".." -->.');
        return;
    }
    if (slide.settings > 1) complain(line, 'the slide has two comments .slide', 'Make them one.');
    if (slide.unread) complain(line, `what is ${slide.unread}?`, 'A setting is name="value".');
    for (const name of attributes.keys()) {
        if (!settings.includes(name)) complain(line, `a slide has no setting ${name}`, suggestion(name, settings));
    }
    if (!id) complain(line, 'the slide has no id', 'Add id=".." to its settings.');
    else if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
        complain(line, `the id ${id} is not lower-case-with-dashes`,
                 'Links are made of it, and a number is another slide in them: begin with a letter.');
    }
    if (!attributes.has('data-minutes')) {
        complain(line, 'the slide does not say how many minutes it takes', 'Add data-minutes=".." to its settings.');
    } else if (!isMinutes(minutes)) {
        complain(line, `data-minutes is ${attributes.get('data-minutes') || 'empty'}`,
                 `Give it a number, ${leastMinutes} at least.`);
    }
    if (!attributes.has('data-length')) {
        complain(line, 'the slide does not say in which lengths of the workshop it is',
                 `Add data-length: one of ${list(marks)}.`);
    } else if (!marks.includes(length)) {
        complain(line, `data-length is ${length || 'empty'}`, `It is one of ${list(marks)}.`);
    }
}

function checkContent(slide, complain) {
    const {page, at} = slide;
    const [first, ...others] = page.headings;
    if (!first) complain(slide.line, 'the slide has no heading', 'Say its one idea in a heading.');
    else if (!first.text.trim()) complain(at(first.line), 'the heading is empty', 'Say the idea of the slide in it.');
    for (const {line} of others) complain(at(line), 'the slide has two headings', 'One idea a slide: make two of it.');

    const words = proseOf(slide).join(' ').match(/[\p{L}\p{N}][^\s]*/gu)?.length ?? 0;
    if (words > most.words) {
        complain(slide.line, `the slide has ${words} words besides its heading and code`,
                 `At most ${most.words}: say the others, and put them into the notes.`);
    }
    for (const {text, line} of page.comments.filter((comment) => comment.text.startsWith('.element:'))) {
        if (!/^\.element:\s*class="fragment"$/.test(text)) {
            complain(at(line), `${text} is not understood`, 'An element can be class="fragment", and nothing else.');
        }
    }
}

function checkHtml({page, notesPage, at}, complain) {
    for (const {name, attributes, line} of [...page.tags, ...notesPage.tags].filter(({closes}) => !closes)) {
        const bare = tagsAllowed.includes(name) && Object.keys(attributes ?? {}).length === 0;
        if (!bare) {
            complain(at(line), `there is HTML, <${name}>`,
                     `Say it in Markdown. Only ${list(tagsAllowed)} are let through, without attributes.`);
        }
    }
    for (const {target, line} of notesPage.links.filter(({image, html}) => image && !html)) {
        complain(at(line), `the notes show a picture, ${target}`, 'Put it on the slide.');
    }
}

function checkCode({page, at}, complain) {
    for (const {body, info, first, marker} of page.blocks) {
        const lines = at(first);
        if (body.length > most.lines) {
            complain(lines, `the block has ${body.length} lines`, `Show at most ${most.lines}: a smaller region.`);
        }
        // A program's output is broken where it is too long. Code is not.
        const long = marker?.kind === 'output' ? -1 : body.findIndex((line) => line.length > most.columns);
        if (long >= 0) {
            complain(lines + 1 + long, `the line has ${body[long].length} columns`,
                     `At most ${most.columns} can be read from afar: break it where it comes from.`);
        }
        const beyond = readInfo(info).steps.flat().find((line) => line < 1 || line > body.length);
        if (beyond !== undefined) {
            complain(lines, `a step shows line ${beyond} of ${body.length}`,
                     'Correct the steps: ./workbook text --fix.');
        }
    }
}

function checkLinks(slide, root, complain) {
    const {page, at, deck} = slide;
    for (const {target, text, image, line, html} of page.links) {
        const complainHere = (what, toDo) => complain(at(line), what, toDo);
        if (html || target === null) continue;
        if (!text?.trim()) {
            complainHere(`the ${image ? 'picture' : 'link'} ${target} has no words`,
                         image ? 'Say in the brackets what it shows, for those who cannot see it.'
                               : 'Say in the brackets where it leads.');
        }
        const scheme = /^([a-z][a-z0-9+.-]*:|\/\/)/i.exec(target)?.[1].toLowerCase();
        if (image && scheme) {
            complainHere(`the picture is somewhere else: ${target}`, 'Slides load nothing: put an SVG beside them.');
        } else if (image) {
            try {
                readPicture(pictureFile(root, target));
            } catch (fault) {
                if (!(fault instanceof PictureFault)) throw fault;
                complainHere(`${target}: ${fault.message}`, fault.toDo);
            }
        } else if (scheme && !['http:', 'https:', 'mailto:'].includes(scheme)) {
            complainHere(`the link leads to ${target}`, 'Link a file, or a page on the web.');
        } else if (target.startsWith('#')) {
            const id = target.replace(/^#\/?/, '');
            if (!deck.slides.some((other) => other.id === id)) {
                complainHere(`no slide of this deck has the id ${id}`,
                             didYouMean(id, deck.slides.map((other) => other.id)) || 'Correct the link.');
            }
        }
    }
}

function checkNotes({noteLine, line, notes, notesPage, at}, complain) {
    const words = prompts.map((word) => `${word}:`);
    if (noteLine === 0) {
        complain(line, 'the slide has no notes', `End it with Note: and a list of what to do: ${list(words)}.`);
    } else if (!new RegExp(`^[-*] +(${prompts.join('|')}): *\\S`, 'm').test(notes)) {
        complain(noteLine, 'the notes hold no prompt',
                 `Add an item that begins with ${list(words)}, as in "- Ask: who has ..?".`);
    }
    for (const {text, line: there} of notesPage.comments.filter((comment) => comment.text.startsWith('.slide:'))) {
        complain(at(there), `a slide begins in the notes of another: ${text}`, 'Write --- above it, at the margin.');
    }
    const inCode = (number) => notesPage.blocks.some(({first, last}) => first <= number && number <= last);
    const again = notesPage.lines.findIndex((text, i) => /^Notes?:/i.test(text) && !inCode(i + 1));
    if (again >= 0) {
        complain(at(again + 1), 'the slide has Note: twice',
                 'What stands below the first is not shown: begin that line with another word.');
    }
}

// All chapters together must leave time for breaks in each length.
function checkLengths(decks, complaints) {
    for (const length of lengths) {
        const minutes = (deck) => sum(slidesIn(deck.slides, length));
        const all = decks.reduce((total, deck) => total + minutes(deck), 0);
        const {work} = pauses(length);
        if (all <= work) continue;
        const longest = decks.reduce((one, other) => (minutes(other) > minutes(one) ? other : one));
        complaints.add({
            file: longest.file,
            line: longest.page.frontMatter?.lines.minutes,
            what: `${length.title} has ${work} minutes without breaks, and the slides take ${all}; ${
                minutes(longest)} of them are here`,
            toDo: 'Give slides fewer minutes, or a data-length that leaves them out.'
        });
    }
}
