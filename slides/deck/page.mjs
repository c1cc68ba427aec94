// A deck as a page for reveal.js. Without a script, and on narrow screens, it is a page to scroll.
import {escape} from './html.mjs';
import {sum} from './lengths.mjs';
import {notesHtml, slideHtml} from './render.mjs';
import {codeSize} from './size.mjs';

export const project = 'Half of Erlang';

export const head = (title, {assets, more = ''}) => `<!doctype html>
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

export const minutes = (count) => `${count} ${count === 1 ? 'minute' : 'minutes'}`;
export const slides = (count) => `${count} ${count === 1 ? 'slide' : 'slides'}`;

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
export const idIn = (show, {id, deck}) => escape(show.joined ? `${deck.number}-${id}` : id);

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
