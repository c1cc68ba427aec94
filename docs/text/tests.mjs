// What ctest knows: {command, folder, environment, seconds, skips} by the name of the test.
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import {didYouMean} from './complaints.mjs';

export class Misuse extends Error {}

// From a build folder, by asking ctest; or from a file of the same form, whose commands run beside it.
export function readTests({build, file}) {
    if (file) return testsOf(readJson(file), path.dirname(path.resolve(file)));
    if (!build) return null;
    if (!fs.existsSync(path.join(build, 'CTestTestfile.cmake'))) {
        throw new Misuse(`${build} is no build folder; ./workbook text --check makes one`);
    }
    const asked = spawnSync('ctest', ['--test-dir', build, '--show-only=json-v1'], {encoding: 'utf8', maxBuffer: 1e9});
    if (asked.status !== 0) throw new Misuse(`ctest does not tell its tests: ${asked.stderr || asked.error}`);
    return testsOf(JSON.parse(asked.stdout), path.resolve(build));
}

function readJson(file) {
    try {
        return JSON.parse(fs.readFileSync(file, 'utf8'));
    } catch (error) {
        throw new Misuse(`cannot read ${file}: ${error.message}`);
    }
}

function testsOf({tests}, folder) {
    const found = new Map();
    for (const {name, command, properties = []} of tests) {
        const property = Object.fromEntries(properties.map((p) => [p.name, p.value]));
        const pairs = (property.ENVIRONMENT ?? []).map((pair) => /^([^=]*)=([^]*)$/.exec(pair)).filter(Boolean);
        const environment = Object.fromEntries(pairs.map(([, key, value]) => [key, value]));
        found.set(name, {
            name,
            command,
            environment,
            folder: property.WORKING_DIRECTORY ?? folder,
            seconds: property.TIMEOUT ?? 60,
            skips: property.SKIP_REGULAR_EXPRESSION ?? []
        });
    }
    return found;
}

// What is wrong with naming this test, or null.
export function noSuchTest(name, tests) {
    if (!tests) {
        return {what: `nobody said which tests there are, so ${name} cannot be asked`, toDo: 'give --build or --tests'};
    }
    if (tests.has(name)) return null;
    const unbuilt = [...tests.keys()].filter((other) => other.endsWith('_NOT_BUILT'));
    const ending = [...tests.keys()].filter((other) => other.endsWith(`.${name}`));
    const guess = ending.length > 0 ? `did you mean ${ending.join(' or ')}?` : didYouMean(name, tests.keys());
    return {
        what: `there is no test ${name}`,
        toDo: guess
                  || (unbuilt.length > 0 ? `build first (${unbuilt.join(', ')}): ./workbook text --check does`
                                         : 'ctest -N in the build folder lists them')
    };
}

// What running a test brought: {output, ran}; {same: true} when nothing is to be run now; or why there is nothing to
// compare with.
export async function printedBy(name, {tests, outputs}) {
    const missing = noSuchTest(name, tests);
    if (missing) return missing;
    if (!outputs) return {same: true};
    const {output, ran, fault, skipped} = await outputs(name);
    if (skipped) return {same: true, skipped: `${name}: ${skipped}`};
    if (!fault) return {output, ran};
    return {
        what: `the test ${name} ${fault}`,
        toDo: `mend it first: ctest --preset dev -R '^${name}$'`,
        diff: output?.slice(-20).map((line) => `| ${line}`)
    };
}

// `01.Lesson.ACallHasADeadline` in a sentence of any page, or (`ACallHasADeadline`) in one of a lesson.
export function testsInPassing({codes}, tests, inLesson) {
    if (!tests) return [];
    const known = [...tests.keys()];
    const full = /^(?:\d\d\.(?:[A-Z]\w*\.\w+|demo|sketch\.[\w.]+|refused\.\w+)|workbook\.it_\w+)$/;
    const short = /^(?:[A-Z]\w*\.)?(?:[A-Z]+[a-z]+|[A-Z]){3,}\w*$/;
    return codes.flatMap(({text, line, inBrackets}) => {
        const isTest = full.test(text) ? known.includes(text)
                                       : !inLesson || !inBrackets || !short.test(text)
                                             || known.some((name) => name.endsWith(`.${text}`));
        return isTest ? [] : [{line, ...noSuchTest(text, tests)}];
    });
}
