// On a narrow screen a deck is a page to scroll, and nothing in it is wider than the screen.
import {openPage} from '../browser/browser.mjs';

import {decksIn, isChapter, urlOf} from './decks.mjs';

export async function phone(browser, out, complain) {
    for (const name of decksIn(out).filter(isChapter)) {
        const say = (what) => complain({source: `${name}/index.html:1`, what, toDo: 'Look at slides/theme.'});
        const size = {viewport: {width: 390, height: 500}, isMobile: true, hasTouch: true};
        const {page, context, faults} = await openPage(browser, urlOf(out, name), size);
        const {hidden, wide, small, last} = await page.evaluate(
            () => ({
                hidden: [...document.querySelectorAll('section')].filter((slide) => !slide.checkVisibility()).length,
                wide: document.documentElement.scrollWidth - screen.width,
                small: [...document.querySelectorAll('p, li, td')]
                           .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 16)
                           .length,
                last: [...document.querySelectorAll('section')].pop().id
            }));
        if (hidden > 0) say(`${hidden} slides cannot be reached on a phone`);
        if (wide > 0) say(`the page is ${wide} pixels wider than a phone`);
        if (small > 0) say(`${small} paragraphs have letters too small for a phone`);
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
        for (const what of faults) say(what);
        await context.close();
    }
}
