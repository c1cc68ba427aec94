// The handout of a deck, with its notes: a page that prints well, and a text to be read anywhere.
import {escape} from './html.mjs';
import {sum} from './lengths.mjs';
import {head, idIn, minutes, project, slides} from './page.mjs';
import {notesHtml, slideHtml} from './render.mjs';

export function handoutPage(show, {root, to, version}) {
    const parts = show.slides.map((slide, i) => {
        const prefix = `handout-${idIn(show, slide)}`;
        return `<article aria-labelledby="${prefix}-heading">
${slideHtml(slide, {root, to, prefix, joined: show.joined, headingLevel: 2}).trim()}
<aside aria-label="Notes"><p class="pace">Slide ${i + 1}, ${minutes(slide.minutes)}</p>${
            notesHtml(slide).trim()}</aside>
</article>
`;
    });
    return `${head(`${show.title}: handout · ${project}`, {
        assets: '../assets'
    })}<body>
<main>
<header><h1>${escape(show.title)}</h1>
<p>${project} ${escape(version)}. Handout with the speaker's notes: ${slides(show.slides.length)}, ${
        minutes(sum(show.slides))}. <a href="index.html">To the slides</a></p></header>
${parts.join('')}</main>
</body>
</html>
`;
}

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
