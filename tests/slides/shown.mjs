// node tests/slides/shown.mjs CHECK OUT: one of the checks that look at built decks in a browser.
import path from 'node:path';

import {Complaints} from '../../docs/text/complaints.mjs';
import {withBrowser} from '../browser/browser.mjs';

import {checks} from './checks.mjs';
import {decksIn} from './decks.mjs';

const [name, out] = process.argv.slice(2);
if (!checks[name] || !out) {
    console.error(`usage: node tests/slides/shown.mjs ${Object.keys(checks).join('|')} OUT`);
    process.exit(2);
}

await withBrowser(async (browser) => {
    const complaints = new Complaints();
    const seen = new Set();
    // A slide is in several decks, and in light and dark: one complaint is enough.
    const complain = ({source, what, toDo}) => {
        const [, file, line] = /^(.*):(\d+)$/.exec(source);
        if (seen.has(source + what)) return;
        seen.add(source + what);
        complaints.add({file, line: Number(line), what, toDo});
    };
    await checks[name](browser, path.resolve(out), complain);
    complaints.report(`${decksIn(out).length} decks`);
    process.exitCode = complaints.count === 0 ? 0 : 1;
});
