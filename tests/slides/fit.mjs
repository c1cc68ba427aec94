// Each slide of each deck, at each of its steps, in light and dark and in print, as a browser shows it.
import {decksIn, isChapter, openDeck} from './decks.mjs';
import {measure} from './measure.mjs';

export async function fit(browser, out, complain) {
    const worst = new Map();  // of each slide and kind of fault
    for (const name of decksIn(out)) {
        const chapter = isChapter(name);
        await fitDeck(browser, out, name, {colorScheme: 'light'}, complain, worst);
        // The other decks show the same slides once more.
        if (!chapter) continue;
        await fitDeck(browser, out, name, {colorScheme: 'dark'}, complain, worst);
        await fitDeck(browser, out, name, {colorScheme: 'light', query: '?view=print'}, complain, worst);
    }
    for (const {source, what, toDo} of worst.values()) complain({source, what, toDo});
}

async function fitDeck(browser, out, name, options, complain, worst) {
    const {page, context, faults} = await openDeck(browser, out, name, options);
    for (const {source, id, step, kind, amount, words, toDo} of await page.evaluate(`(${walk})(${measure})`)) {
        const slide = isChapter(name) ? id : id.replace(/^\d\d-/, '');
        const when = `${step ? `, step ${step}` : ''}${options.query ? ', printed' : ''}`;
        const key = `${source} ${kind}`;
        // Half a pixel is no news.
        if (worst.get(key)?.amount > amount - 0.5) continue;
        worst.set(key, {source, amount, what: `slide "${slide}"${when}: ${words}`, toDo});
    }
    for (const what of faults) complain({source: `${name}/index.html:1`, what, toDo: 'Mend the deck builder.'});
    await context.close();
}

// Runs in the page.
async function walk(measure) {
    const found = [];
    const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const look = (slide, step) => {
        for (const fault of measure(slide)) found.push({source: slide.dataset.source, id: slide.id, step, ...fault});
    };
    for (const [i, slide] of Reveal.getSlides().entries()) {
        if (Reveal.isPrintView()) {
            look(slide, 0);
            continue;
        }
        const steps = new Set([...slide.querySelectorAll('.fragment')].map((one) => one.dataset.fragmentIndex)).size;
        for (let step = 0; step <= steps; ++step) {
            Reveal.slide(i, 0, step - 1);
            await painted();
            look(slide, step);
        }
    }
    return found;
}
