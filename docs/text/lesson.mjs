// A lesson, chapters/NN_name/README.md, has the sections in sections.txt, in that order, and what belongs into each.
import fs from 'node:fs';

const required = fs.readFileSync(new URL('sections.txt', import.meta.url), 'utf8').split('\n').filter(Boolean);

export const isLesson = (page) => /^chapters\/\d\d_[^/]+\/README\.md$/.test(page);

// Each fault is {line, what, toDo}.
export function lessonFaults(page, parsed) {
    const number = /\/(\d\d)_/.exec(page)[1];
    const sections = sectionsOf(parsed);
    return [...orderFaults(sections, parsed), ...emptyFaults(parsed), ...contentFaults(number, sections, parsed)];
}

// Sections of the second level: {text, line, last}.
function sectionsOf({headings, lines}) {
    const tops = headings.filter(({level}) => level <= 2);
    return tops.map((heading, i) => ({...heading, last: (tops[i + 1]?.line ?? lines.length + 1) - 1}))
        .filter(({level}) => level === 2);
}

function orderFaults(sections, {headings}) {
    const faults = [];
    const titles = headings.filter(({level}) => level === 1);
    if (titles.length !== 1 || headings[0].level !== 1) {
        faults.push({
            line: titles[1]?.line ?? 1,
            what: `this lesson has ${titles.length || 'no'} title`,
            toDo: 'begin it with one heading of the first level'
        });
    }
    let before = null;
    for (const name of required) {
        const found = sections.filter(({text}) => text === name);
        if (found.length === 0) {
            const where = before ? `behind "${before.text}"` : 'as the first';
            faults.push({
                line: before?.last ?? 1,
                what: `this lesson has no section "${name}"`,
                toDo: `write ## ${name}, ${where}`
            });
            continue;
        }
        if (found.length > 1) {
            faults.push({line: found[1].line, what: `a second section "${name}"`, toDo: 'keep one of them'});
        }
        if (before && found[0].line < before.line) {
            faults.push({
                line: found[0].line,
                what: `"${name}" stands before "${before.text}"`,
                toDo: `the order is: ${required.join('; ')}`
            });
        } else {
            before = found[0];
        }
    }
    return faults;
}

const isToWrite = ({text}) => text.startsWith('to write:');
const within = ({line, last}) => (thing) => (thing.line ?? thing.first) >= line && (thing.line ?? thing.first) <= last;

// A section with nothing but comments is empty. One that says "to write" is named by structure_check.
function emptyFaults({headings, comments, lines}) {
    return headings.flatMap((heading, i) => {
        const next = headings[i + 1];
        const last = (next?.line ?? lines.length + 1) - 1;
        if (next?.level > heading.level) return [];
        const hidden = comments.filter(within({line: heading.line, last}));
        if (hidden.some(isToWrite)) return [];
        const isHidden = (line) => hidden.some((comment) => line >= comment.line && line <= comment.last);
        const full =
            lines.slice(heading.line, last)
                .some((text, j) => text.trim() && !/^\s*(?:=+|-+)\s*$/.test(text) && !isHidden(heading.line + 1 + j));
        return full ? [] : [{line: heading.line, what: `the section "${heading.text}" is empty`, toDo: 'write it'}];
    });
}

function contentFaults(number, sections, parsed) {
    const {blocks, comments} = parsed;
    const faults = [];
    const find = (name) => sections.find(({text}) => text === name);
    const has = (section, test) =>
        blocks.filter(within(section)).some(({marker, body}) => marker && test(marker, body));
    const look = (name, what, toDo, test) => {
        const section = find(name);
        if (!section || comments.filter(within(section)).some(isToWrite) || has(section, test)) return;
        faults.push({line: section.line, what: `"${name}" ${what}`, toDo});
    };
    look('What breaks', 'shows no code of the sketch', 'show a region: <!-- code: sketch/NAME.cpp#REGION -->',
         ({kind, target}) => kind === 'code' && target.startsWith('sketch/'));
    look('What breaks', 'does not show how the sketch breaks', `show it: <!-- output: ${number}.sketch.NAME -->`,
         ({kind, target}) => kind === 'output' && target.startsWith(`${number}.sketch.`));
    const own = new RegExp(` (?:check)?0?${Number(number)}(?= |$)`);
    look('Try it', 'has nothing to type for this chapter',
         `give the command: <!-- command: workbook.it_runs_a_demo --> above ./workbook demo ${number}`,
         ({kind}, body) => kind === 'command' && body.some((line) => own.test(line)));

    const [idea, tryIt, predict] = ['The idea', 'Try it', 'Predict before you run'].map(find);
    const walk = idea && tryIt && {line: idea.last, last: tryIt.line};
    if (walk && idea.line < tryIt.line && !has({line: idea.line, last: tryIt.line}, ({kind}) => kind === 'code')
        && !comments.filter(within({line: idea.line, last: tryIt.line})).some(isToWrite)) {
        faults.push({
            line: idea.line,
            what: 'there is no code between "The idea" and "Try it"',
            toDo: 'walk through the code: a section of its own, with code blocks'
        });
    }
    if (predict && !comments.filter(within(predict)).some(isToWrite)) faults.push(...questionFaults(predict, parsed));
    return faults;
}

// A question is text, and then its answer in <details>.
function questionFaults(section, {tags, lines}) {
    const faults = [];
    const own = tags.filter(within(section)).filter(({name}) => name === 'details' || name === 'summary');
    const begins = own.filter(({name, closes}) => name === 'details' && !closes);
    let asked = section.line;
    for (const {line} of begins) {
        const until = own.find((tag) => tag.name === 'details' && tag.closes && tag.line >= line)?.line ?? section.last;
        const summary =
            own.find((tag) => tag.name === 'summary' && tag.closes && tag.line >= line && tag.line <= until);
        const whole = lines.slice(line - 1, until).join('\n');
        const answer = whole.replace(/^[^]*?<\/summary>/i, '').replace(/<!--[^]*?-->|<\/?details[^>]*>/gi, '');
        const question = lines.slice(asked, line - 1).join('').replace(/<!--.*?-->/g, '');
        if (!summary) faults.push({line, what: 'an answer without <summary>', toDo: 'write <summary>Answer</summary>'});
        if (!answer.trim()) faults.push({line, what: 'an answer that says nothing', toDo: 'write it'});
        if (!question.trim()) faults.push({line, what: 'an answer without a question', toDo: 'ask above it'});
        asked = until;
    }
    if (begins.length < 3) {
        faults.push({
            line: section.line,
            what: `"${section.text}" asks ${begins.length} of at least 3 questions`,
            toDo: 'ask, and put each answer into <details><summary>Answer</summary>'
        });
    }
    return faults;
}
