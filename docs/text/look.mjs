// Looks at pages, or mends them: what text.mjs does when it is called.
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {Complaints} from './complaints.mjs';
import {drawingFaults} from './drawings.mjs';
import {isPage, pagesBelow, readText, replaceFile} from './files.mjs';
import {makeHouse} from './house.mjs';
import {parse} from './markdown.mjs';
import {edited} from './mending.mjs';
import {lookAt} from './page.mjs';
import {Misuse} from './tests.mjs';

function readOptions(args) {
    const options = {
        check: {type: 'boolean'},
        fix: {type: 'boolean'},
        root: {type: 'string'},
        build: {type: 'string'},
        tests: {type: 'string'},
        only: {type: 'string'}
    };
    let parsed;
    try {
        parsed = parseArgs({args, options, allowPositionals: true});
    } catch (error) {
        throw new Misuse(error.message);
    }
    const {values, positionals} = parsed;
    if (Boolean(values.check) === Boolean(values.fix)) throw new Misuse('say --check or --fix');
    if (values.build && values.tests) throw new Misuse('--build or --tests, not both');
    if (values.only !== undefined && !['still', 'outputs'].includes(values.only)) {
        throw new Misuse(`--only is still or outputs, not ${values.only}`);
    }
    const folder = values.root ?? fileURLToPath(new URL('../..', import.meta.url));
    if (!fs.existsSync(folder)) throw new Misuse(`there is no folder ${folder}`);
    const root = fs.realpathSync(folder);
    return {...values, root, named: positionals};
}

// Names given by hand are looked for from here, and from the root.
function pagesNamed(root, named) {
    if (named.length === 0) return pagesBelow(root);
    return [...new Set(named.flatMap((name) => {
        const full = [path.resolve(name), path.join(root, name)].find((place) => fs.existsSync(place));
        const page = full && path.relative(root, fs.realpathSync(full));
        if (full === undefined) throw new Misuse(`there is no ${name}`);
        if (page.startsWith('..')) throw new Misuse(`${name} is not below ${root}`);
        if (fs.statSync(full).isDirectory()) return pagesBelow(root, page);
        if (!isPage(name)) throw new Misuse(`${name} is no Markdown`);
        return [page];
    }))];
}

// Looks at all pages, and mends them if told so. The names of what it changed.
async function goOver(pages, house, fix, complaints, unseen) {
    const changed = [];
    const look = async (page) => {
        const full = path.join(house.root, page);
        const {text, fault, line, toDo} = readText(full);
        if (fault) return complaints.add({file: page, line, what: `this page ${fault}`, toDo});
        const parsed = parse(text);
        const {faults, skipped} = await lookAt(page, parsed, house);
        unseen.push(...skipped.map((one) => ({file: page, ...one})));
        const edits = fix ? faults.map(({edit}) => edit).filter(Boolean) : [];
        if (edits.length > 0) {
            try {
                replaceFile(full, edited(parsed.lines, edits).join('\n'));
                changed.push(page);
            } catch (error) {
                const what = `this page cannot be written: ${error.message}`;
                complaints.add({file: page, what, toDo: 'let it be written, and mend again'});
            }
        }
        for (const {edit, ...other} of faults) {
            if (!(fix && edit)) complaints.add({file: page, ...other});
        }
    };
    await Promise.all(pages.map(look));
    return changed;
}

// Tests that are skipped here print nothing to compare with. Where changes are judged, all of it must be looked at.
function tellUnseen(unseen, complaints, write) {
    for (const why of new Set(unseen.map((one) => one.why))) {
        const places = unseen.filter((one) => one.why === why).map(({file, line}) => `${file}:${line}`);
        if (!process.env.CI) write(`not looked at: ${places.join(', ')}, because ${why}\n`);
    }
    if (!process.env.CI) return;
    for (const {file, line, why} of unseen) {
        complaints.add(
            {file, line, what: `this block is not looked at, because ${why}`, toDo: 'install what its test needs'});
    }
}

// The whole of it: the number to end with. `write` takes what is said.
export async function look(args, write) {
    const {root, build, tests, only, fix, named} = readOptions(args);
    const pages = pagesNamed(root, named);
    if (pages.length === 0) throw new Misuse(`there is no Markdown in ${named.join(', ') || root}`);
    const written = new Set();
    const house = makeHouse({root, build, testsFile: tests, only});
    let complaints;
    let unseen;
    // A page may show another page, which was just mended: so again, until nothing changes.
    for (let pass = 0; pass < 5; ++pass) {
        [complaints, unseen] = [new Complaints(), []];
        const changed = await goOver(pages, {...house, pageAt: house.freshPages()}, fix, complaints, unseen);
        changed.forEach((page) => written.add(page));
        if (changed.length === 0) break;
    }
    if (named.length === 0 && only !== 'outputs') {
        drawingFaults(root, fix, written).forEach((fault) => complaints.add(fault));
    }
    tellUnseen(unseen, complaints, write);
    for (const page of [...written].sort()) write(`wrote ${page}\n`);
    complaints.report(`${pages.length} ${pages.length === 1 ? 'page' : 'pages'}`, write);
    return complaints.count === 0 ? 0 : 1;
}
