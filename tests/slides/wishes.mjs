// What a reader asked the system for, or chose: light or dark, and no motion.
import {decksIn, isChapter, openDeck} from './decks.mjs';

export async function wishes(browser, out, complain) {
    for (const name of decksIn(out).filter(isChapter)) {
        const say = (what) => complain({source: `${name}/index.html:1`, what, toDo: 'Look at slides/theme.'});
        await schemes(browser, out, name, say);
        await motion(browser, out, name, say);
    }
}

// Whether something comes true in the page, soon: what a page hears of the system, it hears a moment later.
const comesTrue = (page, test, wanted) =>
    page.waitForFunction(test, wanted, {timeout: 5000}).then(() => true, () => false);

const shows = (page, wanted) => comesTrue(page, (scheme) => {
    const [r, g, b] = getComputedStyle(Reveal.getCurrentSlide()).backgroundColor.match(/\d+/g).map(Number);
    return (r + g + b > 380 ? 'light' : 'dark') === scheme;
}, wanted);

async function schemes(browser, out, name, say) {
    const {page, context} = await openDeck(browser, out, name, {colorScheme: 'dark'});
    if (!(await shows(page, 'dark'))) say('the system says dark, the deck is light');
    await page.emulateMedia({colorScheme: 'light'});
    if (!(await shows(page, 'light'))) say('the system says light now, the deck stays dark');
    await page.keyboard.press('d');
    if (!(await shows(page, 'dark'))) say('D does not switch to dark');
    await page.reload();
    await page.waitForFunction(() => Reveal.isReady());
    if (!(await shows(page, 'dark'))) say('the deck forgets what was chosen with D');
    await context.close();
}

// Whether the deck stands still, or moves: its transitions, and those that a style sheet adds.
const stands = (page, wanted) => comesTrue(page, (still) => {
    const {transition, autoAnimate} = Reveal.getConfig();
    const moving = [...document.querySelectorAll('section, .fragment, .progress span')];
    const times = moving.flatMap((one) => getComputedStyle(one).transitionDuration.split(',').map(parseFloat));
    return still ? transition === 'none' && !autoAnimate && Math.max(...times) === 0 : transition !== 'none';
}, wanted);

async function motion(browser, out, name, say) {
    const {page, context} = await openDeck(browser, out, name, {reducedMotion: 'reduce'});
    if (!(await stands(page, true))) say('the system asks for less motion, and slides move');
    await page.emulateMedia({reducedMotion: 'no-preference'});
    if (!(await stands(page, false))) say('nobody asks for less motion now, and slides stand still');
    await page.emulateMedia({reducedMotion: 'reduce'});
    if (!(await stands(page, true))) say('the system asks for less motion while the deck is open, and slides move');
    await context.close();
}
