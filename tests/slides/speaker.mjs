// The speaker's view: S opens it, with the notes, the pace and the next slide.
import {decksIn, isChapter, openDeck} from './decks.mjs';

export async function speaker(browser, out, complain) {
    for (const name of decksIn(out).filter(isChapter)) {
        const {page, context, faults} = await openDeck(browser, out, name);
        const say = (what) => complain({source: `${name}/index.html:1`, what, toDo: 'Look at slides/deck/page.mjs.'});
        const opened = context.waitForEvent('page');
        await page.keyboard.press('s');
        const view = await opened;
        const first = await page.evaluate(
            () => ({
                note: Reveal.getCurrentSlide().querySelector('.notes')?.textContent.trim().split('\n')[0] ?? '',
                seconds: Reveal.getSlides().map((slide) => Number(slide.dataset.timing)),
                total: Reveal.getConfig().totalTime
            }));
        const told =
            await view
                .waitForFunction(() => document.querySelector('.speaker-controls-notes .value')?.textContent.trim(),
                                 null, {timeout: 10000})
                .catch(() => null);
        if (!told) say('the notes do not come up in the speaker\'s view');
        else if (!first.note || !(await told.jsonValue()).includes(first.note))
            say('the speaker\'s view shows other notes');
        const paced = await view.locator('.speaker-controls-time .pacing').isVisible();
        if (!paced) say('the speaker\'s view shows no pace');
        if (first.seconds.some((seconds) => !(seconds > 0))
            || first.seconds.reduce((a, b) => a + b, 0) !== first.total) {
            say('the minutes of the slides do not come to the speaker\'s view');
        }
        const slides = await view.locator('iframe').count();
        if (slides !== 2) say('the speaker\'s view does not show this slide and the next');
        for (const what of faults) say(what);
        await context.close();
    }
}
