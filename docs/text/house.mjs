// What pages are compared with: tests and their output, what is compiled, other pages.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import {readHelp} from './commands.mjs';
import {compiledIn} from './compiled.mjs';
import {readText} from './files.mjs';
import {parse} from './markdown.mjs';
import {readNormalisers} from './normalisers.mjs';
import {isNested, runTest} from './running.mjs';
import {Misuse, readTests} from './tests.mjs';

export function makeHouse({root, build, testsFile, only}) {
    if (isNested() && only !== 'still') throw new Misuse('a block cannot show what a test prints that looks at text');
    const tests = readTests({build, file: testsFile});
    const own = path.join(root, 'docs/text/normalisers.txt');
    const file = fs.existsSync(own) ? own : new URL('normalisers.txt', import.meta.url);
    return {
        root,
        only,
        tests,
        normalisers: readNormalisers(fs.readFileSync(file, 'utf8')),
        outputs: tests && only !== 'still' && outputsOf(tests, root),
        isCompiled: compiledIn(build && path.resolve(build), root, tests),
        help: readHelp(root),
        freshPages: () => remembered((page) => parse(readText(path.join(root, page)).text ?? ''))
    };
}

function remembered(make) {
    const known = new Map();
    return (key) => {
        if (!known.has(key)) known.set(key, make(key));
        return known.get(key);
    };
}

// Runs each test once, as many at a time as there are processors. No page knows in which folder it was made.
function outputsOf(tests, root) {
    let free = os.availableParallelism?.() ?? os.cpus().length;
    const waiting = [];
    const local = (line) => line.replaceAll(`${root}/`, './').trimEnd();
    return remembered(async (name) => {
        if (free === 0) await new Promise((resolve) => waiting.push(resolve));
        else --free;
        const found = await runTest(tests.get(name));
        if (waiting.length > 0) waiting.shift()();
        else ++free;
        return {...found, output: found.output?.map(local)};
    });
}
