// The page that lists all decks.
import {escape} from './html.mjs';
import {sum} from './lengths.mjs';
import {head, minutes, project, slides} from './page.mjs';

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
    })}<body>
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
