// Prints decks to OUT/folder/deck.pdf, a page for each slide.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

import {findChromium, startChromium} from './chromium.mjs';

const pagesOf = (pdf) => pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;

// shows: [{folder, slides}]
export async function print(shows, out, complaints) {
    const chromium = findChromium();
    if (!chromium) {
        complaints.add({
            file: path.join(out, 'index.html'),
            what: 'there is no Chromium to print the decks with',
            toDo: 'Install the Debian package chromium, or set CHROMIUM to its path.'
        });
        return;
    }
    const browser = await startChromium(chromium);
    try {
        for (const {folder, slides} of shows) {
            const file = path.join(out, folder, 'deck.pdf');
            await printDeck(browser, path.join(out, folder, 'index.html'), file);
            const pages = pagesOf(readFileSync(file));
            if (pages === slides.length) continue;
            complaints.add({
                file,
                what: `${slides.length} slides came out as ${pages} pages`,
                toDo: 'Look which slide is too high, or missing.'
            });
        }
    } finally {
        await browser.close();
    }
}

async function printDeck(browser, page, file) {
    const context = await browser.newContext({viewport: {width: 1280, height: 720}, reducedMotion: 'reduce'});
    const tab = await context.newPage();
    await tab.addInitScript(() => {
        window.laidOut =
            new Promise((resolve) => { addEventListener('DOMContentLoaded', () => Reveal.on('pdf-ready', resolve)); });
    });
    await tab.goto(`${pathToFileURL(page)}?view=print`);
    await tab.evaluate(() => window.laidOut);
    await tab.evaluate(() => document.fonts.ready);
    await tab.pdf({path: file, preferCSSPageSize: true, printBackground: true, tagged: true, outline: true});
    await context.close();
}
