// The decks that were built in a folder, and how to open one in a browser.
import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

import {openPage} from '../browser/browser.mjs';

// Their folders: 01_first, talk, ..
export const decksIn = (out) =>
    readdirSync(out).filter((name) => name !== 'assets' && existsSync(path.join(out, name, 'index.html'))).sort();

export const isChapter = (name) => /^\d\d_/.test(name);

export async function openDeck(browser, out, name, {query = '', ...options} = {}) {
    const url = pathToFileURL(path.join(out, name, 'index.html')).href;
    const opened = await openPage(browser, url + query, {reducedMotion: 'reduce', ...options});
    await opened.page.evaluate(async () => {
        if (!Reveal.isReady()) await new Promise((resolve) => Reveal.on('ready', resolve));
        if (Reveal.isPrintView() && !document.querySelector('.pdf-page')) {
            await new Promise((resolve) => Reveal.on('pdf-ready', resolve));
        }
        await document.fonts.ready;
    });
    return opened;
}

// Puts what a check complains of, {source: 'file:line', what, toDo}, among the complaints. A slide is in several decks, and
// is looked at in light and dark: one complaint is enough.
export function complainer(complaints) {
    const seen = new Set();
    return ({source, what, toDo}) => {
        if (seen.has(source + what)) return;
        seen.add(source + what);
        const [, file, line] = /^(.*):(\d+)$/.exec(source);
        complaints.add({file, line: Number(line), what, toDo});
    };
}
