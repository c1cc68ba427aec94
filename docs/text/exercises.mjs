// The exercises, as their exercise.txt says them (exercises/README.md); in the order in which a learner meets them.
import fs from 'node:fs';
import path from 'node:path';

const once = ['title', 'kind', 'place', 'minutes', 'teaches', 'read', 'file'];

export function exercisesOf(root) {
    const folder = path.join(root, 'exercises');
    const slugs = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /^[0-9][0-9]_/.test(name)) : [];
    return slugs.map((slug) => exercise(root, slug))
        .sort((a, b) => a.chapter.localeCompare(b.chapter) || a.place - b.place);
}

function exercise(root, slug) {
    const file = `exercises/${slug}/exercise.txt`;
    const found = {slug, chapter: slug.slice(0, 2), checks: []};
    for (const line of readFile(root, file).split('\n')) {
        const [, word, says] = /^\s*([a-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
        if (word === 'checks') found.checks.push(says);
        else if (once.includes(word)) found[word] = says;
    }
    const lacks = once.find((word) => !found[word]);
    if (lacks) throw new Error(`${file} has no line ${lacks}`);
    for (const word of ['place', 'minutes']) {
        if (!/^[1-9][0-9]*$/.test(found[word])) throw new Error(`${file}: ${word} is ${found[word]}, and no number`);
        found[word] = Number(found[word]);
    }
    return found;
}

// The table of the exercises that a lesson leads to.
export function exerciseTable(root, page) {
    const [, chapter] = /^chapters\/([0-9][0-9])_[^/]+\//.exec(page) ?? [];
    if (!chapter) throw new Error('this page is in no chapter');
    const to = (file) => path.posix.relative(path.posix.dirname(page), file);
    return [
        '| place | exercise | kind | minutes | what it is about |', '|---:|---|---|---:|---|',
        ...exercisesOf(root)
            .filter((each) => each.chapter === chapter)
            .map(({slug, title, kind, place, minutes, teaches}) => `| ${place} | [${title}](${
                     to(`exercises/${slug}/README.md`)}) | ${kind} | ${minutes} | ${teaches} |`)
    ];
}

export function readFile(root, file) {
    if (!fs.existsSync(path.join(root, file))) throw new Error(`${file} is not there`);
    return fs.readFileSync(path.join(root, file), 'utf8');
}
