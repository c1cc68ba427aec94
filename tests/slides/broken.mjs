// node tests/slides/broken.mjs: every check of built decks must see the faults it is there for. Each line breaks a copy
// of a deck in one place and says which check must complain of it, and how.
import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {Complaints} from '../../docs/text/complaints.mjs';
import {readDecks} from '../../slides/deck/deck.mjs';
import {write} from '../../slides/deck/write.mjs';
import {withBrowser} from '../browser/browser.mjs';

import {checks} from './checks.mjs';
import {complainer, decksIn, isChapter} from './decks.mjs';

const deck = 'DECK/index.html';
const breaks = [
    ['keyboard', 'assets/deck.js', 'hash: true', 'keyboard: false', /ArrowRight leads to/],
    ['keyboard', 'assets/deck.js', 'if (onSlide && ', 'if (false && ', /the focus stays behind/],
    [
        'keyboard', 'assets/deck.js', 'Reveal.getCurrentSlide().focus()', 'void 0',
        /skips to the slides does not lead there/
    ],
    ['keyboard', 'assets/deck.js', 'description: \'Light or dark\'', 'description: \'\'', /\? does not show/],
    ['keyboard', 'assets/half.css', '.skip:focus { left: 0; }', '', /Tab does not reach/],
    [
        'keyboard', 'assets/half.css', ', .reveal .controls button:focus-visible', '',
        /nobody sees that the focus is on <button/
    ],
    ['listening', 'assets/deck.js', 'deck.removeAttribute(\'role\')', 'void 0', /the role application/],
    ['listening', deck, '<html lang="en">', '<html>', /does not say its language/],
    ['listening', deck, '<main class="deck"', '<div class="deck"', /no landmark main/],
    ['listening', deck, / aria-labelledby="[^"]*-heading"/, '', /has no name/],
    ['listening', deck, /<h1 ([^>]*)>(.*)<\/h1>/, '<h1 role="presentation" $1>$2</h1>', /its heading is no heading/],
    [
        'listening', deck, /(<svg[^>]*) role="img" aria-labelledby="[^"]*"([^>]*)><title[^>]*>[^<]*<\/title>/, '$1$2>',
        /pictures 0 have a name/
    ],
    [
        'listening', deck, /<aside class="notes">([^]*?)<\/aside>/, '<div class="notes">$1</div>',
        /notes are read to everybody/
    ],
    [
        'wishes', 'assets/scheme.js', 'system.addEventListener(\'change\', show);', '',
        /says light now, the deck stays dark/
    ],
    ['wishes', 'assets/scheme.js', 'localStorage.setItem(\'half-scheme\', other);', '', /forgets what was chosen/],
    ['wishes', 'assets/deck.js', 'scheme.toggle', 'void 0', /D does not switch/],
    [
        'wishes', 'assets/deck.js', 'still.addEventListener(\'change\', () => Reveal.configure(motion()));', '',
        /while the deck is open|nobody asks for less motion/
    ],
    [
        'wishes', 'assets/half.css', '@media (prefers-reduced-motion: reduce)', '@media (width < 1px)',
        /less motion, and slides move/
    ],
    ['speaker', deck, /<aside class="notes">[^]*?<\/aside>/, '', /notes do not come up|other notes/],
    ['speaker', deck, /data-timing="[^"]*"/, '', /minutes of the slides do not come/],
    ['speaker', 'assets/deck.js', 'totalTime:', 'noTime:', /shows no pace|minutes of the slides/],
    [
        'speaker', 'assets/deck.js', '\'use strict\';', '\'use strict\'; console.error(\'broken\');',
        /the console says: broken/
    ],
    ['speaker', deck, '</body>', '<img alt="" src="nothing.png"></body>', /does not get file:.*nothing\.png/],
    ['phone', deck, '<div class="slides">', '<div class="slides" style="width: 900px">', /wider than a phone/],
    ['phone', 'assets/half.css', '    font-size: 20px;', '    font-size: 12px;', /letters too small/],
    ['phone', 'assets/deck.js', 'addEventListener(\'hashchange\', show);', '', /does not lead there on a phone/],
    ['phone', deck, '<section', '<section style="display: none"', /cannot be reached on a phone/],
    ['printed', deck, '<section', '<section id="one-more"><h2>One more</h2></section><section', /slides are \d+ pages/],
    ['printed', deck, /<h1([^>]*)>/, '<h1$1>Other ', /is not slide/]
];

function broken(out, name, [, file, from, to]) {
    const copy = mkdtempSync(path.join(tmpdir(), 'broken-'));
    cpSync(path.join(out, 'assets'), path.join(copy, 'assets'), {recursive: true});
    cpSync(path.join(out, name), path.join(copy, name), {recursive: true});
    cpSync(path.join(out, 'index.html'), path.join(copy, 'index.html'));
    const at = path.join(copy, file.replace('DECK', name));
    const text = readFileSync(at, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} has no ${from} to break`);
    writeFileSync(at, changed);
    return copy;
}

async function complaintsOf(browser, out, name, one) {
    const copy = broken(out, name, one);
    const complaints = new Complaints();
    await checks[one[0]](browser, copy, complainer(complaints));
    rmSync(copy, {recursive: true});
    return complaints.all;
}

await withBrowser(async (browser) => {
    const out = path.join(mkdtempSync(path.join(tmpdir(), 'slides-')), 'built');
    const root = fileURLToPath(new URL('good', import.meta.url));
    const complaints = new Complaints();
    await write(readDecks(root), {root, out, pdf: true}, complaints);
    if (complaints.count > 0) throw new Error('the good tree does not print');
    const name = decksIn(out).find(isChapter);
    const rest = [...breaks];
    let blind = 0;
    async function work() {
        while (rest.length > 0) {
            const one = rest.shift();
            const found = await complaintsOf(browser, out, name, one);
            const [check, file, from, , wanted] = one;
            if (found.some(({what}) => wanted.test(what))) continue;
            ++blind;
            console.log(`${check} does not see that ${file} lacks ${from}: it complains of`);
            for (const {what} of found) console.log(`    ${what}`);
        }
    }
    // A check that looks for something in vain mostly waits.
    await Promise.all(Array.from({length: 6}, work));
    rmSync(path.dirname(out), {recursive: true});
    console.log(`${breaks.length} faults, ${blind} of them not seen`);
    process.exitCode = blind === 0 ? 0 : 1;
});
