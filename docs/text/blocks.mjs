// The four kinds of block: what each should hold, and what is wrong with it.
//
// A judge takes a block and gives {want: lines, info} (what the block should be; info when the fence should change, too),
// {same: true}, or {what, toDo, diff}.

import {didYouMean, difference} from './complaints.mjs';
import {inside} from './files.mjs';
import {compare, knownNames, unknownNames} from './normalisers.mjs';
import {readRegion} from './regions.mjs';
import {stepsInFence, stepsOf} from './steps.mjs';
import {noSuchTest} from './tests.mjs';

const judges = {
    code: judgeCode,
    wrong: judgeWrong,
    output: judgeOutput,
    command: judgeCommand
};
const kinds = Object.keys(judges).join(', ');

// house: {root, tests, outputs (a promise by test), normalisers, compiled}.
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
    if (found.info === undefined && numbers !== undefined && (found.same || found.want)) {
        return {
            what: `[${numbers}] was written by hand`,
            toDo: 'say the steps in words: <!-- code: ..; steps: .. | .. -->'
        };
    }
    return found;
}

// -- code and wrong: a region of a file ----------------------------------------------------------------------------

const notCode = /\.(?:txt|out|log|actual|expected)$/i;
const compiledEnding = /\.(?:cpp|cc|cxx)$/;

function judgeCode(block, page, house) {
    const {file, region, fault} = sourceOf(block, page);
    if (fault) return fault;
    if (/(?:^|\/)refused\//.test(file)) {
        return {what: `${file} must not compile`, toDo: 'say wrong: instead of code:'};
    }
    if (notCode.test(file)) return {what: `${file} is no code`, toDo: 'show what a program prints with output: TEST'};
    const found = judgeRegion(block, file, region, house);
    if (found.what || !compiledEnding.test(file) || !house.isCompiled || house.isCompiled(file)) return found;
    return {what: `nothing compiles ${file}`, toDo: 'give it to a target or a test, so that it stays true'};
}

function judgeWrong(block, page, house) {
    const {file, region, fault} = sourceOf(block, page);
    if (fault) return fault;
    const place = /(?:^|\/)(\d\d)_[^/]+\/refused\/([^/]+)\.cpp$/.exec(file);
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
    const missing = noSuchTest(`${place[1]}.refused.${place[2]}`, house.tests);
    return judgeRegion(block, file, region, house, missing);
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

function judgeRegion(block, file, region, {root}, missing = null) {
    const source = readRegion(root, file, region);
    if (source.fault) {
        const fromRoot = !source.lines && inside('README.md', block.marker.target.split('#')[0]);
        const meant = fromRoot && fromRoot !== file && !readRegion(root, fromRoot).fault;
        return {
            what: source.fault,
            toDo: meant ? 'the path is relative to the page, not to the repository' : source.toDo
        };
    }
    let info;
    for (const option of block.marker.options) {
        const steps = /^steps:\s*(.*)$/.exec(option);
        if (!steps) return {what: `"${option}" means nothing here`, toDo: 'only steps: .. may stand behind the file'};
        if (info !== undefined) return {what: 'steps are said twice', toDo: 'say them once'};
        const {numbers, fault, toDo} = stepsOf(steps[1], source.lines);
        if (fault) return {what: fault, toDo};
        const fence = stepsInFence(block.info);
        if (!fence.lang) return {what: 'a block with steps needs a language', toDo: 'write it behind the fence: cpp'};
        info = `${fence.lang} [${numbers}]${fence.rest && ` ${fence.rest}`}`;
    }
    if (missing) return missing;
    const same = equal(block.body, source.lines) && (info === undefined || info === block.info);
    if (same) return {same, info};
    const place = region === undefined ? file : `${file}:${source.first}`;
    const shown = [`${block.fence}${block.info}`, ...block.body];
    const wanted = [`${block.fence}${info ?? block.info}`, ...source.lines];
    return {
        want: source.lines,
        info,
        what: `this block is not what ${place} says`,
        toDo: 'change it there; then ./workbook text --fix writes it here',
        diff: difference(shown, wanted)
    };
}

const equal = (a, b) => a.length === b.length && a.every((line, i) => line === b[i]);

// -- output: what a test prints ------------------------------------------------------------------------------------

async function judgeOutput(block, page, {tests, outputs, normalisers}) {
    const {target, options} = block.marker;
    const missing = noSuchTest(target, tests);
    if (missing) return missing;
    const [unknown] = unknownNames(options, normalisers);
    if (unknown !== undefined) {
        const known = knownNames(normalisers);
        const guess = didYouMean(unknown, known);
        return {
            what: `"${unknown}" is in no line of normalisers.txt`,
            toDo: `${guess} There are ${known.join(', ')}`.trim()
        };
    }
    if (!block.body.some((line) => line.trim()) && options.includes('excerpt')) {
        return {what: 'an excerpt of nothing', toDo: `write the lines of ${target} that matter`};
    }
    if (!outputs) return {same: true};
    const {output, fault, skipped} = await outputs(target);
    if (skipped) return {same: true, skipped};
    if (fault) {
        return {
            what: `the test ${target} ${fault}`,
            toDo: `mend it first: ctest --test-dir build/dev -R '^${target}$'`,
            diff: output?.slice(-20).map((line) => `| ${line}`)
        };
    }
    if (output.length === 0)
        return {what: `the test ${target} prints nothing`, toDo: 'let it print what is shown here'};
    const {same, idle, written} = compare(block.body, output, options, normalisers);
    if (same && idle.length > 0) {
        return {what: `"${idle[0]}" changes nothing here`, toDo: 'take it out of the marker, else it hides a change'};
    }
    if (same) return {same};
    const diff = difference(left, right);
    const what = `this block is not what the test ${target} prints`;
    if (written === null)
        return {what, toDo: 'these lines are not in it, or not in this order: put them right by hand', diff};
    return {want: written, what, toDo: 'if the new output is right, ./workbook text --fix writes it here', diff};
}

// -- command: lines that a test says it runs -----------------------------------------------------------------------

function judgeCommand(block, page, {tests}) {
    const {target, options} = block.marker;
    if (options.length > 0) return {what: `"${options[0]}" means nothing here`, toDo: 'only the name of a test'};
    const missing = noSuchTest(target, tests);
    if (missing) return missing;
    const lines = block.body.map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
    if (lines.length === 0) return {what: 'a block of commands without a command', toDo: 'write one, or remove it'};
    const prompt = lines.find((line) => /^[$%>] /.test(line));
    if (prompt)
        return {what: `"${prompt}" begins with a prompt`, toDo: 'write the command alone, so that it can be copied'};
    const {runs} = tests.get(target);
    const undeclared = lines.find((line) => !runs.includes(line));
    if (undeclared === undefined) return {same: true};
    return {
        what: `the test ${target} does not say that it runs "${undeclared}"`,
        toDo: `${runs.length > 0 ? `it says: ${runs.join('; ')}. ` : ''}Let it run this, and say so in CMake: ` +
                  `half_runs(${target} "${undeclared}")`
    };
}
