// What a screen reader is told of a deck.
import {decksIn, isChapter, openDeck} from './decks.mjs';

export async function listening(browser, out, complain) {
    for (const name of decksIn(out).filter(isChapter)) {
        const {page, context} = await openDeck(browser, out, name);
        const say = (what) =>
            complain({source: `${name}/index.html:1`, what, toDo: 'Look at slides/deck and slides/theme/deck.js.'});
        const lang = await page.evaluate(() => document.documentElement.lang);
        if (lang !== 'en') say('the page does not say its language');
        const session = await context.newCDPSession(page);
        const count = await page.evaluate(() => Reveal.getSlides().length);
        for (let i = 0; i < count; ++i) await listen(page, session, i, say);
        await context.close();
    }
}

async function listen(page, session, i, say) {
    const slide = await page.evaluate(async (h) => {
        Reveal.slide(h);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const current = Reveal.getCurrentSlide();
        return {
            id: current.id,
            source: current.dataset.source,
            heading: current.querySelector('h1, h2, h3').textContent.trim(),
            pictures: current.querySelectorAll('.picture').length,
            // Without spaces and full stops: the live region puts its own between.
            said: document.querySelector('.aria-status').textContent.replace(/[\s.]/g, ''),
            first: current.querySelector('h1, h2, h3').textContent.replace(/[\s.]/g, ''),
            notes: current.querySelector('.notes').textContent.replace(/[\s.]/g, '')
        };
    }, i);
    const {nodes} = await session.send('Accessibility.getFullAXTree');
    const all =
        nodes.filter(({ignored}) => !ignored).map(({role, name}) => ({role: role?.value, name: name?.value ?? ''}));
    const named = (role) => all.filter((node) => node.role === role).map(({name}) => name.trim());
    const about = `slide "${slide.id}"`;

    if (named('application').length > 0) say('the deck has the role application: a screen reader loses its keys');
    if (named('main').length !== 1) say('the deck has no landmark main');
    if (!named('heading').includes(slide.heading)) say(`${about}: its heading is no heading to who listens`);
    if (named('heading').length !== 1) say(`${about}: ${named('heading').length} headings are read, not one`);
    if (!named('region').includes(slide.heading)) say(`${about} has no name`);
    const pictures = all.filter(({role}) => role === 'image' || role === 'img');
    if (pictures.length !== slide.pictures || pictures.some(({name}) => !name.trim())) {
        say(`${about}: of ${slide.pictures} pictures ${pictures.filter(({name}) => name.trim()).length} have a name`);
    }
    if (!slide.said.startsWith(slide.first)) say(`${about} is not announced`);
    if (slide.said.split(slide.first).length !== 2) say(`${about}: its heading is announced more than once`);
    if (slide.said.includes(slide.notes)) say(`${about}: the notes are read to everybody`);
}
