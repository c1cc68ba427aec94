// The docs as a browser shows them from a file: nothing fails and nothing is asked for elsewhere, the search finds, the
// dark mode lasts, code can be copied, and a phone need not scroll sideways.
import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

import {openPage, withBrowser} from '../browser/browser.mjs';

// All pages to be read from top to bottom, and some of each kind of the others.
const kinds = [/^class/, /^struct/, /_8hpp\.html$/, /^namespace/, /^concept/, /^source_/, /^introduced_/];
function sampleOf(folder) {
    const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
    const read = pages.filter((name) => /^(index|lesson_|docs_|symbols|files|annotated)/.test(name));
    return [...read, ...kinds.flatMap((kind) => pages.filter((name) => kind.test(name)).slice(0, 2))];
}

export async function browser(root, built, complaints) {
    const folder = path.join(built, 'html');
    const url = (name) => pathToFileURL(path.join(folder, name)).href;
    const pages = sampleOf(folder);
    const complain = (name, what, toDo = 'look at docs/doxygen/header.html and half.css') =>
        complaints.add({file: `html/${name}`, what, toDo});
    // What a page still waits for when the next is opened is not got, and no fault of the page.
    const isAbandoned = (fault) => existsSync(fault.replace(/^the page does not get file:\/\//, ''));
    const drain = ({faults}, name) =>
        faults.splice(0).filter((fault) => !isAbandoned(fault)).forEach((fault) => complain(name, fault));

    await withBrowser(async (chromium) => {
        const desk = await openPage(chromium, url('index.html'));
        if (!(await finds(desk.page, 'ref')))
            complain('index.html', 'the search for "ref" shows nothing', 'look at SEARCHENGINE');
        drain(desk, 'index.html');
        if (!(await staysDark(desk.page))) complain('index.html', 'the dark mode does not last over a reload');
        for (const name of pages) {
            await desk.page.goto(url(name));
            if (!(await allCodeCanBeCopied(desk.page))) complain(name, 'a block of code has no button to copy it');
            drain(desk, name);
        }
        await desk.context.close();

        const phone = await openPage(chromium, url('index.html'), {viewport: {width: 390, height: 844}});
        for (const name of pages) {
            await phone.page.goto(url(name));
            for (const what of await phone.page.evaluate(tooWide)) complain(name, `on a phone, ${what} is too wide`);
            drain(phone, name);
        }
        await phone.context.close();
    });
    return `${pages.length} pages`;
}

async function finds(page, word) {
    await page.click('#MSearchField');
    await page.keyboard.type(word);
    const result = page.frameLocator('#MSearchResults').locator('.SRResult:visible').first();
    return result.waitFor({timeout: 10_000}).then(() => true, () => false);
}

async function staysDark(page) {
    const isDark = () => page.evaluate(() => document.documentElement.classList.contains('dark-mode'));
    const before = await isDark();
    await page.locator('doxygen-awesome-dark-mode-toggle[role=button]').press('Enter');
    await page.reload();
    return !before && (await isDark());
}

function allCodeCanBeCopied(page) {
    return page.evaluate(() => [...document.querySelectorAll('div.fragment')].every(
                             (code) => code.parentElement.querySelector('doxygen-awesome-fragment-copy-button')));
}

// In the page: what makes it wider than the window.
function tooWide() {
    const content = document.querySelector('#doc-content') ?? document.body;
    if (document.documentElement.scrollWidth <= innerWidth && content.scrollWidth <= content.clientWidth) return [];
    const wide = [...content.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
    return [wide.length ? `<${wide[0].localName} class="${wide[0].className}">` : 'the page'];
}
