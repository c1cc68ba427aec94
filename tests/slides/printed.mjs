// The PDF of each deck: a page for each slide, with the code in it as text.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';

import {Missing} from '../browser/browser.mjs';

import {decksIn, openDeck} from './decks.mjs';

export async function printed(browser, out, complain) {
    for (const name of decksIn(out)) {
        const file = path.join(out, name, 'deck.pdf');
        const say = (what) => complain({source: `${file}:1`, what, toDo: 'Look at slides/deck/print.mjs.'});
        if (!existsSync(file)) {
            say('the deck was not printed');
            continue;
        }
        const {page, context} = await openDeck(browser, out, name);
        const slides = await page.evaluate(
            () => Reveal.getSlides().map(
                (slide) => ({
                    id: slide.id,
                    words: [...slide.querySelectorAll('h1, h2, pre .line')].map((one) => one.textContent)
                })));
        await context.close();
        const {stdout, error} = spawnSync('pdftotext', ['-layout', file, '-'], {encoding: 'utf8', maxBuffer: 1e8});
        if (error?.code === 'ENOENT') throw new Missing('no pdftotext: install the package poppler-utils');
        if (error) throw error;
        const pages = stdout.split('\f').slice(0, -1).map(plain);
        if (pages.length !== slides.length) say(`${slides.length} slides are ${pages.length} pages`);
        slides.forEach(({id, words}, i) => {
            const lost = words.find((line) => !(pages[i] ?? '').includes(plain(line)));
            if (lost !== undefined) say(`page ${i + 1} is not slide "${id}": it lacks "${lost.trim()}"`);
        });
    }
}

const plain = (text) => text.replace(/\s+/g, '');
