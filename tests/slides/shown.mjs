// node tests/slides/shown.mjs CHECK --out DIR | --root DIR: one of the checks that look at decks in a browser. DIR holds
// decks that were built, or the sources of decks to be built first.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

import {Complaints} from '../../docs/text/complaints.mjs';
import {readDecks} from '../../slides/deck/deck.mjs';
import {write} from '../../slides/deck/write.mjs';
import {withBrowser} from '../browser/browser.mjs';

import {checks} from './checks.mjs';
import {complainer, decksIn} from './decks.mjs';

const [name, how, folder] = process.argv.slice(2);
if (!checks[name] || !['--out', '--root'].includes(how) || !folder) {
    console.error(`usage: node tests/slides/shown.mjs ${Object.keys(checks).join('|')} --out DIR | --root DIR`);
    process.exit(2);
}

const complaints = new Complaints();
const temporary = how === '--root' ? path.join(mkdtempSync(path.join(tmpdir(), 'slides-')), 'built') : null;
const out = temporary ?? path.resolve(folder);
try {
    if (temporary) await write(readDecks(path.resolve(folder)), {root: path.resolve(folder), out}, complaints);
    await withBrowser(async (browser) => {
        await checks[name](browser, out, complainer(complaints));
        complaints.report(`${decksIn(out).length} decks`);
        process.exitCode = complaints.count === 0 ? 0 : 1;
    });
} finally {
    if (temporary) rmSync(path.dirname(temporary), {recursive: true});
}
