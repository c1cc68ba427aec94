// What Doxygen complains about, in our form: where, what, and what to do.
import path from 'node:path';

const toDo = [
    [
        /is not documented/,
        'say what it is for in a /// comment above it (///< behind it), or move it into a namespace detail'
    ],
    [
        /\\snippet|block marked with/,
        'correct the name behind @snippet, or put two lines //! [name] around the region in its source'
    ],
    [
        /unable to resolve (reference|link)|explicit link request/,
        'correct the reference, or write the name without @ref'
    ],
    [
        /unknown command|html tag/,
        'put it between backticks when it is no command of Doxygen; the text is read by Doxygen 1.9.4'
    ],
    [/dot/, 'look at the graph that it names; is graphviz installed?'],
];
const otherwise = 'correct the comment or the page; the text is read by Doxygen 1.9.4';

// `text` is Doxygen's log: lines `file:line: error: what`, and lines that go on.
export function addWarnings(complaints, root, text) {
    const seen = new Set();
    const found = [];
    for (const line of text.split('\n').filter(Boolean)) {
        const [, where, at, what] = /^(.*?):(-?\d+): (?:error|warning): (.*)$/.exec(line) ?? [];
        if (where) found.push({where, at: Math.max(1, Number(at)), what});
        else if (/^(error|warning): /.test(line)) found.push({where: 'docs', at: 1, what: line.replace(/^\w+: /, '')});
        else if (found.length) found.at(-1).what += ` ${line.trim()}`;
    }
    for (const {where, at, what} of found) {
        // The lists of symbols repeat what stands at the symbols.
        if (/^introduced_\d\d$/.test(where) || seen.has(`${where}:${at}:${what}`)) continue;
        seen.add(`${where}:${at}:${what}`);
        complaints.add({
            file: path.isAbsolute(where) ? path.relative(root, where) : where,
            line: at,
            what: what.replaceAll(`${root}/`, ''),
            toDo: toDo.find(([pattern]) => pattern.test(what))?.[1] ?? otherwise
        });
    }
}
