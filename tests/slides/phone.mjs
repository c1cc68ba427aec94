// On a narrow screen a deck is a page to scroll, as are its handout and the list of decks. Nothing is wider than the screen.
import path from 'node:path';
import {pathToFileURL} from 'node:url';

import {openPage} from '../browser/browser.mjs';

import {decksIn, isChapter} from './decks.mjs';

export async function phone(browser, out, complain) {
    const decks = decksIn(out).filter(isChapter).map((name) => `${name}/index.html`);
    const others = decks.map((page) => page.replace('index', 'handout'));
    for (const file of [...decks, ...others, 'index.html']) {
        const say = (what) => complain({source: `${file}:1`, what, toDo: 'Look at slides/theme.'});
        const size = {viewport: {width: 390, height: 500}, isMobile: true, hasTouch: true};
        const {page, context, faults} = await openPage(browser, pathToFileURL(path.join(out, file)).href, size);
        await read(page, say);
        if (decks.includes(file)) await jump(page, say);
        for (const what of faults) say(what);
        await context.close();
    }
}

async function read(page, say) {
    const {hidden, wide, small} = await page.evaluate(
        () => ({
            hidden: [...document.querySelectorAll('section, article')].filter((part) => !part.checkVisibility()).length,
            wide: document.documentElement.scrollWidth - screen.width,
            small: [...document.querySelectorAll('p, li, td')]
                       .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 16)
                       .length
        }));
    if (hidden > 0) say(`${hidden} slides cannot be reached on a phone`);
    if (wide > 0) say(`the page is ${wide} pixels wider than a phone`);
    if (small > 0) say(`${small} paragraphs have letters too small for a phone`);
}

async function jump(page, say) {
    const last = await page.evaluate(() => [...document.querySelectorAll('section')].pop().id);
    await page.evaluate((id) => { location.hash = `#/${id}`; }, last);
    const seen = await page
                     .waitForFunction(
                         (id) => {
                             const {top} = document.getElementById(id).getBoundingClientRect();
                             const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
                             return atEnd || (top > -2 && top < innerHeight / 2);
                         },
                         last, {timeout: 5000})
                     .catch(() => null);
    if (!seen) say('a link to a slide does not lead there on a phone');
}
