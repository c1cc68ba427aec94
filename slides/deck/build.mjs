// node slides/deck/build.mjs [--root DIR] [--out DIR] [--least N] [--pdf | --check]
// Checks the decks in DIR/slides and writes them to OUT, build/slides if nothing else is said. --check only checks.
import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {Complaints} from '../../docs/text/complaints.mjs';

import {check} from './check.mjs';
import {readDecks} from './deck.mjs';

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

function misused(what) {
    console.error(
        `slides: ${what}\nusage: node slides/deck/build.mjs [--root DIR] [--out DIR] [--least N] [--pdf | --check]`);
    process.exit(2);
}

function options(words) {
    const chosen = {root: repository, out: '', least: '10', pdf: false, check: false};
    while (words.length > 0) {
        const name = words.shift().replace(/^--/, '');
        if (!Object.hasOwn(chosen, name)) misused(`what is ${name}?`);
        if (typeof chosen[name] === 'boolean') chosen[name] = true;
        else if (words.length === 0) misused(`--${name} wants a value`);
        else chosen[name] = words.shift();
    }
    if (!/^\d+$/.test(chosen.least)) misused('--least wants a number');
    const root = path.resolve(chosen.root);
    if (!existsSync(path.join(root, 'slides'))) misused(`there is no folder ${path.join(root, 'slides')}`);
    const out = path.resolve(chosen.out || path.join(root, 'build/slides'));
    if (existsSync(out) && !statSync(out).isDirectory()) misused(`${out} is no folder`);
    return {...chosen, root, least: Number(chosen.least), out};
}

async function build() {
    const {NotOurs, write} = await import('./write.mjs').catch((error) => {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
        misused('reveal.js is not installed: run npm ci');
    });
    try {
        await write(decks, chosen, complaints);
    } catch (error) {
        if (!(error instanceof NotOurs)) throw error;
        misused(error.message);
    }
}

const chosen = options(process.argv.slice(2));
const decks = readDecks(chosen.root);
const complaints = new Complaints();
check(decks, chosen, complaints);
if (!chosen.check) await build();
complaints.report(`${decks.length} ${decks.length === 1 ? 'deck' : 'decks'}`);
process.exitCode = complaints.count === 0 ? 0 : 1;
