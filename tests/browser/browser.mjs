// Starts Chromium for a test, and gives it pages that watch themselves: what a page says on its console, what it asks for
// and does not get, and whatever it asks for that is not a file, is a fault.
import {findChromium, startChromium} from '../../slides/deck/chromium.mjs';

// Thrown by a test that lacks a program.
export class Missing extends Error {}

// Runs `test(browser)`. Where a program is missing the test is skipped: it says so, and ctest reads that line. Not so where
// everything must run.
export async function withBrowser(test) {
    let browser = null;
    try {
        const chromium = findChromium();
        if (!chromium) throw new Missing('no chromium: install the package chromium, or set CHROMIUM to its path');
        browser = await startChromium(chromium);
        await test(browser);
    } catch (missing) {
        if (!(missing instanceof Missing)) throw missing;
        console.log(process.env.CI ? `this cannot be skipped here: ${missing.message}` : `skipped: ${missing.message}`);
        process.exitCode = process.env.CI ? 1 : 0;
    } finally {
        await browser?.close();
    }
}

// A page in a window of its own. options: those of a playwright context. faults: [words], grows.
export async function openPage(browser, url, {faults = [], ...options} = {}) {
    const context = await browser.newContext({viewport: {width: 1280, height: 720}, ...options});
    context.on('page', (page) => watch(page, faults));
    const page = await context.newPage();
    await page.goto(url);
    return {page, context, faults};
}

function watch(page, faults) {
    const fault = (words) => faults.includes(words) || faults.push(words);
    page.on('pageerror', (error) => fault(`the script fails: ${error.message}`));
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) fault(`the console says: ${message.text()}`);
    });
    page.on('requestfailed', (request) => fault(`the page does not get ${request.url()}`));
    page.on('request', (request) => {
        if (!/^(file|data|blob|about):/.test(request.url())) fault(`the page asks elsewhere: ${request.url()}`);
    });
}
