// What pages are compared with: tests and their output, what is compiled, other pages.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import {readText} from './files.mjs';
import {parse} from './markdown.mjs';
import {readNormalisers} from './normalisers.mjs';
import {isNested, runTest} from './running.mjs';
import {readTests} from './tests.mjs';

export function makeHouse({root, build, testsFile, only}) {
    const tests = readTests({build, file: testsFile});
    const own = path.join(root, 'docs/text/normalisers.txt');
    const file = fs.existsSync(own) ? own : new URL('normalisers.txt', import.meta.url);
    return {
        root,
        only,
        tests,
        normalisers: readNormalisers(fs.readFileSync(file, 'utf8')),
        outputs: tests && only !== 'still' && outputsOf(tests, [build && path.resolve(build), root].filter(Boolean)),
        isCompiled: build && compiledIn(build, root, tests),
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
function outputsOf(tests, folders) {
    const longest = Number(process.env.HALF_TEXT_SECONDS ?? 120);
    let free = os.availableParallelism?.() ?? os.cpus().length;
    const waiting = [];
    const local = (line) => folders.reduce((text, folder) => text.replaceAll(`${folder}/`, ''), line);
    return remembered(async (name) => {
        if (isNested()) return {fault: 'looks at text itself, so text cannot show its output'};
        if (free === 0) await new Promise((resolve) => waiting.push(resolve));
        else --free;
        const found = await runTest(tests.get(name), longest);
        if (waiting.length > 0) waiting.shift()();
        else ++free;
        return {...found, output: found.output?.map(local)};
    });
}

// Is this file of the repository compiled by the build, or handed to a test?
function compiledIn(build, root, tests) {
    const commands = path.join(build, 'compile_commands.json');
    if (!fs.existsSync(commands)) return undefined;
    const sources = new Set(JSON.parse(fs.readFileSync(commands, 'utf8')).map(({file}) => file));
    const words = [...tests.values()].flatMap(({command}) => command ?? []);
    return (file) => {
        const full = path.join(root, file);
        return sources.has(full) || words.some((word) => word.endsWith(full));
    };
}
