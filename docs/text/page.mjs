// Everything that is looked at in one page.
import {judge} from './blocks.mjs';
import {commandsInPassing} from './commands.mjs';
import {difference} from './complaints.mjs';
import {isLesson, lessonFaults} from './lesson.mjs';
import {linkFaults} from './links.mjs';
import {blockEdit, tableEdit} from './mending.mjs';
import {tablesOf} from './tables.mjs';
import {testsInPassing} from './tests.mjs';

// {faults: [{line, what, toDo, diff, edit}], skipped: [{line, why}]}. A fault with an edit is mended by it.
export async function lookAt(page, parsed, house) {
    const found = {faults: [], skipped: []};
    const isRun = ({marker}) => ['output', 'command', 'wrong'].includes(marker?.kind);
    const blocks = parsed.blocks.filter((block) => house.only === 'outputs' ? isRun(block) : !isParted(block, parsed));
    await Promise.all(blocks.map(async (block) => {
        const {same, skipped, want, info, ...fault} = await judge(block, page, house);
        const line = block.first;
        if (skipped) found.skipped.push({line, why: skipped});
        if (same) return;
        const edit = want && blockEdit(block, {want, info}, parsed.lines);
        found.faults.push({line, ...fault, edit});
    }));
    if (house.only === 'outputs') return found;

    found.faults.push(...unfencedFaults(parsed), ...strayMarkers(parsed));
    for (const table of await tablesOf(page, parsed, house.root)) {
        const {first: line, name, what, toDo, shown, want} = table;
        if (what) found.faults.push({line, what, toDo});
        else if (shown.join('\n') !== want.join('\n')) {
            found.faults.push({
                line,
                what: `this is not what the table ${name} has to say now`,
                edit: tableEdit(table),
                toDo: './workbook text --fix writes it',
                diff: difference(shown, want)
            });
        }
    }
    found.faults.push(...linkFaults(page, parsed, house.root, house.pageAt));
    found.faults.push(...commandsInPassing(parsed, house.help), ...testsInPassing(parsed, house.tests, isLesson(page)));
    if (isLesson(page)) found.faults.push(...lessonFaults(page, parsed));
    return found;
}

const fenceIt = 'put them between ``` and ```, under a marker (docs/writing.md)';
const unfencedWords = {
    indented: ['these indented lines are a block of code, and say nothing of where they come from', fenceIt],
    tag: ['code in HTML cannot be compared with anything', fenceIt],
    html: ['a fence inside HTML is shown as it is', 'put an empty line above it'],
    open: ['this does not end, and hides all that stands below it', 'end it: a comment ends with -->']
};

function unfencedFaults({unfenced}) {
    return unfenced.map(({how, first}) => ({line: first, what: unfencedWords[how][0], toDo: unfencedWords[how][1]}));
}

const isMarker = ({text}) => /^(?:code|output|wrong|command)\s*:/i.test(text);

// A block below a marker, with empty lines between, is named by its marker's fault.
function isParted({first, marker}, {comments, lines}) {
    return !marker
           && comments.some((comment) => isMarker(comment) && comment.last < first - 1
                                         && lines.slice(comment.last, first - 1).every((line) => !line.trim()));
}

function strayMarkers(parsed) {
    return parsed.comments.filter((comment) => !comment.attached && isMarker(comment)).map(({line, last}) => {
        const parted = parsed.blocks.some((block) => block.first > last && isParted(block, parsed));
        return {
            line,
            what: parted ? 'an empty line stands between this marker and its block'
                         : 'this marker stands above no block',
            toDo: 'put it on the line right above the block, alone'
        };
    });
}
