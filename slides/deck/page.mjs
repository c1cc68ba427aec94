// The pages of OUT: a deck, its handout, and the list of all decks.
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

// show: {folder, title, slides}
export function deckPage(show, {root, to, version}) {
    const sections = show.slides.map((slide, i) => section(slide, i, show, {root, to, version})).join('');
    const more = '<link rel="stylesheet" href="../assets/reveal.css">\n';
    const scripts = ['reveal', 'notes', 'search', 'zoom', 'deck'];
    return `${head(`${show.title} · ${project}`, {
        assets: '../assets',
        more
    })}<body>
<a class="skip" href="#/${escape(show.slides[0]?.id ?? '')}">Skip to the slides</a>
<main class="reveal" data-total-time="${Math.round(60 * sum(show.slides))}">
<div class="slides">
${sections}</div>
</main>
${scripts.map((name) => `<script src="../assets/${name}.js"></script>`).join('\n')}
</body>
</html>
`;
}

function section(slide, index, show, {root, to, version}) {
    const {deck} = slide;
    const id = escape(slide.id);
    const shown = slideHtml(slide, {root, to});
    const names = [slide.page.headings[0]?.level === 1 ? 'title' : '', codeSize(slide)].filter(Boolean).join(' ');
    return `<section id="${id}" class="${names}" aria-labelledby="${id}-heading" data-number="${deck.number}"
 data-timing="${Math.round(60 * slide.minutes) || 0}" data-source="${escape(deck.file)}:${slide.line}">
${shown.trim()}
<aside class="notes">${notesHtml(slide).trim()}</aside>
<footer aria-hidden="true"><span>${project} ${escape(version)}</span><span>${deck.number} ${escape(deck.title)}</span>`
           +
           `<span>${index + 1} / ${show.slides.length}</span></footer>
</section>
`;
}

// Code is as big as its lines allow.
function codeSize({page}) {
    const lines = page.blocks.flatMap(({body}) => body);
    if (lines.length === 0) return '';
    const columns = Math.max(...lines.map((line) => line.length));
    const high = lines.length + 2 * (page.blocks.length - 1);
    if (high <= 8 && columns <= 60) return 'code-large';
    return high <= 12 ? 'code-middle' : 'code-small';
}

export function handoutPage(show, {root, to, version}) {
    const parts = show.slides.map((slide, i) => {
        const prefix = `handout-${slide.id}`;
        return `<article aria-labelledby="${escape(prefix)}-heading">
${slideHtml(slide, {root, to, prefix, headingLevel: 2}).trim()}
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
