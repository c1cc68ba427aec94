// The four kinds of block: what each should hold, and what is wrong with it.
//
// A judge takes a block and gives {want: lines, info} (what the block should be, and what stands behind its fence),
// {same: true}, {skipped}, or {what, toDo, diff}.
import fs from 'node:fs';
import path from 'node:path';

import {judgeCommand} from './commands.mjs';
import {compare, isGap} from './compare.mjs';
import {isHeader, isSource, switchedOff} from './compiled.mjs';
import {didYouMean, difference} from './complaints.mjs';
import {inside} from './files.mjs';
import {languageOf} from './languages.mjs';
import {idleNames, sorted} from './normalisers.mjs';
import {readRegion} from './regions.mjs';
import {stepsInFence, stepsOf} from './steps.mjs';
import {noSuchTest, printedBy} from './tests.mjs';

const judges = {
    code: judgeCode,
    wrong: judgeWrong,
    output: judgeOutput,
    command: judgeCommand
};
const kinds = Object.keys(judges).join(', ');

// house: {root, tests, outputs (what a test printed, if tests are to be run), normalisers, isCompiled}.
export async function judge(block, page, house) {
    const {marker} = block;
    if (!block.closed) return {what: 'this block does not end', toDo: `end it with ${block.fence}`};
    if (!marker) {
        return {
            what: 'this block says nothing of where it comes from',
            toDo:
                'put on the line above it <!-- code: FILE#REGION -->, or output:, wrong:, command: TEST (docs/writing.md)'
        };
    }
    if (!Object.hasOwn(judges, marker.kind)) {
        const guess = didYouMean(marker.kind, Object.keys(judges));
        return {what: `there is no kind of block "${marker.kind}"`, toDo: `${guess} The kinds are ${kinds}`.trim()};
    }
    if (!marker.target) return {what: `the marker ${marker.kind}: names nothing`, toDo: 'name a file or a test'};
    const found = await judges[marker.kind](block, page, house);
    const {numbers} = stepsInFence(block.info);
    const hasSteps = marker.options.some((option) => option.startsWith('steps:'));
    if (!hasSteps && numbers !== undefined && (found.same || found.want)) {
        return {
            what: `[${numbers}] was written by hand`,
            toDo: 'say the steps in words: <!-- code: ..; steps: .. | .. -->'
        };
    }
    return found;
}

// -- code and wrong: a region of a file ----------------------------------------------------------------------------

const notCode = /\.(?:txt|out|log|actual|expected)$/i;

function judgeCode(block, page, house) {
    const {file, region, fault} = sourceOf(block, page);
    if (fault) return fault;
    if (/(?:^|\/)refused\//.test(file)) {
        return {what: `${file} must not compile`, toDo: 'say wrong: instead of code:'};
    }
    if (notCode.test(file) && !file.endsWith('CMakeLists.txt')) {
        return {what: `${file} is no code`, toDo: 'show what a program prints with output: TEST'};
    }
    const {source, ...found} = judgeRegion(block, file, region, house);
    if (!source || !(isSource(file) || isHeader(file))) return found;
    const off = switchedOff(fs.readFileSync(path.join(house.root, file), 'utf8'), source.first, source.last);
    if (off) return {what: `no compiler sees ${file}:${off}`, toDo: 'show code that is switched on'};
    if (!house.isCompiled || house.isCompiled(file)) return found;
    return {what: `nothing compiles ${file}`, toDo: 'give it to a target or a test, so that it stays true'};
}

async function judgeWrong(block, page, house) {
    const {file, region, fault} = sourceOf(block, page);
    if (fault) return fault;
    const place = /(?:^|\/)(\d\d)_[^/]+\/refused\/([^/]+\.cpp)$/.exec(file);
    if (!place) {
        return {
            what: `${file} is not in a folder NN_name/refused/ of wrong code`,
            toDo: 'put it into tests/NN_name/refused/'
        };
    }
    const whole = readRegion(house.root, file);
    if (!whole.fault && !/^\/\/ refused: \S/.test(whole.lines[0])) {
        return {
            what: `${file}:1 does not say why it is refused`,
            toDo: 'begin it with // refused: and a pattern that the compiler\'s message matches'
        };
    }
    const {source, ...found} = judgeRegion(block, file, region, house);
    if (!source) return found;
    const test = `${place[1]}.refused.${place[2].replace('.cpp', '')}`;
    const {output, ...other} = await printedBy(test, house);
    if (!output) return other.same ? found : other;
    const lines = output.flatMap((line) => [...line.matchAll(/([^/\s:]+):(\d+):\d+:/g)])
                      .filter(([, name]) => name === place[2])
                      .map(([, , number]) => Number(number));
    if (lines.some((line) => line >= source.first && line <= source.last)) return found;
    return {
        what: `the compiler finds nothing wrong in lines ${source.first} to ${source.last} of ${file}`,
        toDo: lines.length > 0 ? `show what is wrong: line ${[...new Set(lines)].join(', ')}`
                               : `look at the test ${test}`
    };
}

// FILE#REGION, relative to the page.
function sourceOf(block, page) {
    const {target} = block.marker;
    const at = target.indexOf('#');
    const file = inside(page, at < 0 ? target : target.slice(0, at));
    const region = at < 0 ? undefined : target.slice(at + 1);
    if (file === null) return {fault: {what: `${target} leads out of this repository`, toDo: 'name a file of it'}};
    if (region === '') return {fault: {what: `${target} names no region`, toDo: 'write a name behind #, or no #'}};
    if (file === page) return {fault: {what: 'this block shows its own page', toDo: 'name a file of code'}};
    return {file, region};
}

function judgeRegion(block, file, region, {root}) {
    const source = readRegion(root, file, region);
    if (source.fault) {
        const fromRoot = inside('README.md', block.marker.target.split('#')[0]);
        const meant = fromRoot && fromRoot !== file && !readRegion(root, fromRoot).fault;
        return {
            what: source.fault,
            toDo: meant ? 'the path is relative to the page, not to the repository' : source.toDo
        };
    }
    const {info, ...fault} = fenceInfo(block, file, source);
    if (fault.what) return fault;
    if (equal(block.body, source.lines) && info === block.info) return {same: true, source};
    const place = region === undefined ? file : `${file}:${source.first}`;
    return {
        source,
        want: source.lines,
        info,
        what: `this block is a copy of ${place}, and differs`,
        toDo: 'change it there, or run ./workbook text --fix',
        diff: difference([block.fence + block.info, ...block.body], [block.fence + info, ...source.lines])
    };
}

// What should stand behind the fence: the language, and the lines of the steps.
function fenceInfo(block, file, source) {
    const {lang: written, numbers: shown, rest} = stepsInFence(block.info);
    const lang = languageOf(file) ?? written;
    let numbers = null;
    for (const option of block.marker.options) {
        const steps = /^steps:\s*(.*)$/.exec(option);
        if (!steps) return {what: `"${option}" means nothing here`, toDo: 'only steps: .. may stand behind the file'};
        if (numbers !== null) return {what: 'steps are said twice', toDo: 'say them once'};
        const found = stepsOf(steps[1], source.lines);
        if (found.fault) return {what: found.fault, toDo: found.toDo};
        if (!lang) return {what: 'a block with steps needs a language', toDo: 'write it behind the fence: cpp'};
        numbers = found.numbers;
    }
    numbers ??= shown;
    return {info: [lang, numbers && `[${numbers}]`, rest].filter(Boolean).join(' ')};
}

const equal = (a, b) => a.length === b.length && a.every((line, i) => line === b[i]);

// -- output: what a test prints ------------------------------------------------------------------------------------

const control = /(?!\t)\p{Cc}/u;  // what a page cannot show

async function judgeOutput(block, page, house) {
    const {marker: {target, options: names}, body} = block;
    const missing = noSuchTest(target, house.tests);
    if (missing) return missing;
    const fault = wrongNames(names, body, house.normalisers);
    if (fault) return fault;
    const {output, ...other} = await printedBy(target, house);
    if (!output) return other;
    if (output.length === 0)
        return {what: `the test ${target} prints nothing`, toDo: 'let it print what is shown here'};
    const unseen = output.findIndex((line) => control.test(line));
    if (unseen >= 0) {
        const [sign] = control.exec(output[unseen]);
        return {
            what: `line ${unseen + 1} of what the test ${target} prints is no plain text: it holds U+${
                sign.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
            toDo: 'let it print words alone, without colours or a line that is written over'
        };
    }
    const {same, lost} = compare(body, output, names, house.normalisers);
    if (same) {
        const [idle] = idleNames(names, house.normalisers, [...body, ...output]);
        return idle === undefined ? {same} : {
            what: `"${idle}" matches nothing here`,
            toDo: 'take it out of the marker, else it hides a change'
        };
    }
    const what = `this block is not what the test ${target} prints`;
    if (body.some(isGap)) {
        return {
            what,
            toDo: 'these lines do not follow each other there, or not in this place: write the block by hand',
            diff: (lost.length > 0 ? lost.slice(0, 20) : ['...']).map((line) => `- ${line}`)
        };
    }
    const diff = difference(body, output);
    return {want: output, what, toDo: 'if the new output is right, ./workbook text --fix writes it here', diff};
}

function wrongNames(names, body, normalisers) {
    const known = [sorted, ...normalisers.keys()];
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
        const guess = didYouMean(unknown, known);
        return {
            what: `"${unknown}" is in no line of normalisers.txt`,
            toDo: `${guess} There are ${known.join(', ')}`.trim()
        };
    }
    if (names.includes(sorted) && body.some(isGap)) {
        return {what: 'lines without an order have no gaps', toDo: 'remove sorted, or the lines ...'};
    }
    if (names.includes(sorted) && body.length === 1) {
        return {what: '"sorted" means nothing for one line', toDo: 'take it out of the marker'};
    }
    if (body.length > 0 && body.every((line) => isGap(line) || !line.trim())) {
        return {what: 'this block shows nothing', toDo: 'write some lines of the output between the lines ...'};
    }
    return null;
}
