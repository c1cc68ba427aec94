// The pages of OUT: a deck, its handout, and the list of all decks.
import {proseOf} from './deck.mjs';
import {escape} from './html.mjs';
import {sum} from './lengths.mjs';
import {notesHtml, slideHtml} from './render.mjs';

const project = 'Half of Erlang';

const head = (title, {assets, more = ''}) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
${more}<link rel="stylesheet" href="${assets}/half.css">
<script src="${assets}/scheme.js"></script>
</head>
`;

const minutes = (count) => `${count} ${count === 1 ? 'minute' : 'minutes'}`;
const slides = (count) => `${count} ${count === 1 ? 'slide' : 'slides'}`;

// show: {folder, title, slides, joined}: a deck to be written; joined: of several chapters
export function deckPage(show, {root, to, version}) {
    const sections = show.slides.map((slide, i) => section(slide, i, show, {root, to, version})).join('');
    const more = '<link rel="stylesheet" href="../assets/reveal.css">\n';
    const scripts = ['reveal', 'notes', 'search', 'zoom', 'deck'];
    return `${head(`${show.title} · ${project}`, {
        assets: '../assets',
        more
    })}<body>
<a class="skip" href="#/${idIn(show, show.slides[0])}">Skip to the slides</a>
<main class="deck" data-total-time="${Math.round(60 * sum(show.slides))}">
<div class="slides">
${sections}</div>
</main>
${scripts.map((name) => `<script src="../assets/${name}.js"></script>`).join('\n')}
</body>
</html>
`;
}

// In a deck of several chapters an id has its chapter's number before it.
const idIn = (show, {id, deck}) => escape(show.joined ? `${deck.number}-${id}` : id);

function section(slide, index, show, {root, to, version}) {
    const {deck} = slide;
    const id = idIn(show, slide);
    const kind = slide.page.headings[0]?.level === 1 ? ' class="title"' : '';
    return `<section id="${id}"${kind}${codeSize(slide)} aria-labelledby="${id}-heading" data-number="${deck.number}"
 data-timing="${Math.round(60 * slide.minutes) || 0}" data-source="${escape(deck.file)}:${slide.line}">
${slideHtml(slide, {root, to, prefix: id, joined: show.joined}).trim()}
<aside class="notes">${notesHtml(slide).trim()}</aside>
<footer aria-hidden="true"><span>${project} ${escape(version)}</span>
<span>${deck.number} ${escape(deck.title)}</span><span>${index + 1} / ${show.slides.length}</span></footer>
</section>
`;
}

// Code is as big as the rest of its slide allows. The numbers are half.css's: what is left under the heading, the height of
// a line of text, the gap between two things, the padding of a block, and how much of a letter's size a line and a column
// of code take.
const sizes = [30, 28, 26, 24, 22, 20];
const room = {
    width: 1088,
    height: 519,
    heading: 53,
    text: 43,
    picture: 220,
    gap: 24,
    padding: 28,
    line: 1.35,
    column: 0.603
};

function codeSize({page, body, heading}) {
    if (page.blocks.length === 0) return '';
    const pictures = page.links.filter(({image}) => image).length;
    const prose = proseOf({page, body});
    const text = prose.reduce((rows, line) => rows + Math.ceil(line.length / 80), 0);
    const things = page.blocks.length + pictures + prose.length;
    const others = text * room.text + pictures * room.picture + page.blocks.length * room.padding
                   + (things - 1) * room.gap + (heading.length > 48 ? room.heading : 0);
    const fits = (size) => {
        const columns = Math.floor(room.width / (room.column * size));
        const rows =
            page.blocks.flatMap(({body, marker}) => body.map((line) => [line.length, marker?.kind === 'output']));
        const high = rows.reduce((all, [length, breaks]) => all + (breaks ? Math.ceil(length / columns) || 1 : 1), 0);
        return rows.every(([length, breaks]) => breaks || length <= columns)
               && others + high * room.line * size <= room.height;
    };
    return ` style="--code-size: ${sizes.find(fits) ?? sizes.at(-1)}px"`;
}

export function handoutPage(show, {root, to, version}) {
    const parts = show.slides.map((slide, i) => {
        const prefix = `handout-${idIn(show, slide)}`;
        return `<article aria-labelledby="${prefix}-heading">
${slideHtml(slide, {root, to, prefix, joined: show.joined, headingLevel: 2}).trim()}
<aside aria-label="Notes"><p class="pace">${i + 1} · ${minutes(slide.minutes)}</p>${notesHtml(slide).trim()}</aside>
</article>
`;
    });
    return `${head(`${show.title}: handout · ${project}`, {
        assets: '../assets'
    })}<body class="paper">
<main>
<header><h1>${escape(show.title)}</h1>
<p>${project} ${escape(version)}. Handout with the speaker's notes: ${slides(show.slides.length)}, ${
        minutes(sum(show.slides))}. <a href="index.html">To the slides</a></p></header>
${parts.join('')}</main>
</body>
</html>
`;
}

// The handout as text, to be read anywhere.
export function handoutText(show, {version}) {
    const parts = show.slides.map((slide, i) => {
        const notes = slide.notes.split('\n').map((line) => `> ${line}`.trimEnd()).join('\n');
        return `## ${i + 1}. ${slide.heading}\n\n${bodyText(slide)}\n\nNotes (${minutes(slide.minutes)}):\n\n${
            notes}\n`;
    });
    return `# ${show.title}\n\n${project} ${version}: ${slides(show.slides.length)}, ${minutes(sum(show.slides))}.\n\n${
        parts.join('\n')}`;
}

function bodyText({page, body}) {
    const lines = body.split('\n');
    const inCode = (line) => page.blocks.some(({first, last}) => first <= line && line <= last);
    const kept = lines.flatMap((line, i) => {
        const block = page.blocks.find(({first}) => first === i + 1);
        if (block) return [`${block.prefix}${block.fence}${block.lang}`];
        if (inCode(i + 1)) return [line];
        if (page.headings[0]?.line === i + 1) return [];
        return [line.replace(/!\[([^\]]*)\]\([^)]*\)/g, '(Picture: $1)').replace(/<!--.*?-->/g, '').trimEnd()];
    });
    return kept.join('\n').replace(/\n{3,}/g, '\n\n').trim();
}

// lists: [{heading, shows: [{folder, title, slides, words, pdf}]}]
export function listPage(lists, {version}) {
    const row = ({folder, title, slides: all, words, pdf}) =>
        `<li><h3><a href="${folder}/index.html">${escape(title)}</a></h3><p>${words}${slides(all.length)}, ${
            minutes(sum(all))}</p><p class="other">Handout with notes:
<a href="${folder}/handout.html" aria-label="Handout of ${escape(title)}, a page to print">page</a>,
<a href="${folder}/handout.md" aria-label="Handout of ${escape(title)}, as text">text</a>${
            pdf ? `. Slides: <a href="${folder}/deck.pdf" aria-label="Slides of ${escape(title)} as PDF">PDF</a>`
                : ''}</p></li>
`;
    const part = ({heading, shows}) => `<section><h2>${heading}</h2><ul class="decks">
${shows.map(row).join('')}</ul></section>
`;
    return `${head(`Slides · ${project}`, {
        assets: 'assets'
    })}<body class="paper">
<main>
<header><h1>Slides</h1>
<p>${project} ${
        escape(version)}. In a deck: arrow keys move, <kbd>S</kbd> opens the speaker's view, <kbd>D</kbd> switches
between light and dark, <kbd>?</kbd> lists all keys.</p></header>
${lists.map(part).join('')}</main>
</body>
</html>
`;
}
