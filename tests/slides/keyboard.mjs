// The keys alone lead through every slide and step, and back; the focus is never on what nobody sees.
import {decksIn, openDeck} from './decks.mjs';

export async function keyboard(browser, out, complain) {
    for (const name of decksIn(out)) {
        const {page, context} = await openDeck(browser, out, name);
        const say = (what) => complain({source: `${name}/index.html:1`, what, toDo: 'Look at slides/theme/deck.js.'});
        await walk(page, say);
        await keys(page, say);
        await focus(page, say);
        await context.close();
    }
}

const place = (page) => page.evaluate(() => {
    const {h, f = -1} = Reveal.getIndices();
    return `${h}.${f}`;
});

const focusIsSeen = (page) => page.evaluate(() => {
    const at = document.activeElement;
    return at === document.body || (!at.closest('[hidden], [inert], [aria-hidden="true"]') && at.checkVisibility());
});

async function walk(page, say) {
    const places = await page.evaluate(() => Reveal.getSlides().flatMap((slide, h) => {
        const steps = new Set([...slide.querySelectorAll('.fragment')].map((one) => one.dataset.fragmentIndex)).size;
        return Array.from({length: steps + 1}, (_, f) => `${h}.${f - 1}`);
    }));
    const go = async (key, wanted) => {
        for (const next of wanted) {
            await page.keyboard.press(key);
            const now = await place(page);
            if (now !== next) return say(`${key} leads to slide and step ${now}, not to ${next}`);
            if (!(await focusIsSeen(page))) return say(`at ${now} the focus is on something that is not shown`);
        }
    };
    await go('ArrowRight', places.slice(1));
    await go('ArrowLeft', places.slice(0, -1).reverse());
}

async function keys(page, say) {
    const last = await page.evaluate(() => Reveal.getSlides().length - 1);
    const slide = () => page.evaluate(() => Reveal.getIndices().h);
    await page.keyboard.press('End');
    if ((await slide()) !== last) say('End does not lead to the last slide');
    await page.keyboard.press('Home');
    if ((await slide()) !== 0) say('Home does not lead to the first slide');

    const help = () => page.evaluate(() => document.querySelector('.r-overlay-help')?.innerText ?? '');
    await page.keyboard.press('Shift+Slash');
    if (!/Light or dark/.test(await help())) say('? does not show which keys there are');
    if (!(await focusIsSeen(page))) say('the focus is not on the help');
    await page.keyboard.press('Escape');
    if (await help()) say('Escape does not close the help');
    await page.keyboard.press('o');
    if (!(await page.evaluate(() => Reveal.isOverview()))) say('O does not show all slides');
    await page.keyboard.press('Escape');
}

// Tab reaches the link that skips to the slides, and then only what is shown, with an outline.
async function focus(page, say) {
    await page.evaluate(() => Reveal.slide(0));
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Tab');
    const skip = await page.evaluate(() => document.activeElement.matches('a.skip')
                                           && document.activeElement.getBoundingClientRect().left >= 0);
    if (!skip) say('Tab does not reach the link that skips to the slides');
    await page.keyboard.press('Enter');
    const arrived = await page.evaluate(() => Reveal.getCurrentSlide().contains(document.activeElement));
    if (!arrived) say('the link that skips to the slides does not lead there');
    // The focus goes with the slides.
    await page.keyboard.press('PageDown');
    const stayed = await page.evaluate(() => Reveal.getCurrentSlide().contains(document.activeElement));
    if (!stayed) say('the focus stays behind when the next slide comes');
    for (let i = 0; i < 12; ++i) {
        await page.keyboard.press('Tab');
        if (!(await focusIsSeen(page))) return say('Tab leads to something that is not shown');
        const bare = await page.evaluate(() => {
            const at = document.activeElement;
            return at !== document.body && getComputedStyle(at).outlineStyle === 'none' ? at.outerHTML.slice(0, 80)
                                                                                        : '';
        });
        if (bare) return say(`nobody sees that the focus is on ${bare}`);
    }
}
