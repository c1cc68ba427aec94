// What a mentor should know of each exercise, on one page: what it is for, how it is usually done wrong, and what to say
// first. An item is one line, however long: a wrapped one could begin with what Markdown takes for another item.
import fs from 'node:fs';
import path from 'node:path';

import {exercisesOf, readFile} from './exercises.mjs';

// As lines of Markdown, for the page of that name.
export function cheatSheet(root, page) {
    const link = (words, file) => `[${words}](${path.posix.relative(path.posix.dirname(page), file)})`;
    const all = exercisesOf(root);
    const lines = [...new Set(all.map(({chapter}) => chapter))].flatMap((chapter) => {
        const its = all.filter((each) => each.chapter === chapter);
        const minutes = its.reduce((sum, each) => sum + each.minutes, 0);
        return [
            `## Chapter ${chapter}`, '', `In all ${minutes} minutes.`, '',
            ...its.flatMap((each) => entry(root, each, link))
        ];
    });
    return lines.slice(0, -1);
}

function entry(root, {slug, chapter, title, kind, place, minutes, teaches, read, file, checks}, link) {
    const folder = `exercises/${slug}`;
    const [page, section] = read.split('#');
    const right = kind === 'swap' ? `${chapterFolder(root, chapter)}/${file}` : `${folder}/${file}`;
    return [
        `### ${place}. ${title}`,
        '',
        `${link(slug, `${folder}/README.md`)}: ${kind}, ${minutes} minutes.`,
        '',
        `- **Teaches:** ${teaches}.`,
        `- **To read:** ${link(section?.replaceAll('-', ' ') ?? path.posix.basename(page), read)}.`,
        '- **Checks:**',
        ...checks.map((check) => `  - \`${check}\``),
        '- **Usual wrong answers:**',
        ...weakAnswers(root, `${folder}/weak`, right).map(({name, file, says}) => `  - ${link(name, file)}${says}`),
        '- **Say first:**',
        ...firstHints(readFile(root, `${folder}/hints.md`))
            .map(({hole, hint}) => `  - *${hole}:* ${fromHere(hint, folder, link)}`),
        '',
    ];
}

function chapterFolder(root, chapter) {
    const name = fs.readdirSync(path.join(root, 'chapters')).find((each) => each.startsWith(`${chapter}_`));
    if (!name) throw new Error(`there is no chapter ${chapter}`);
    return `chapters/${name}`;
}

// Their names say what is wrong with them, and sometimes a comment that the right answer has not.
function weakAnswers(root, folder, right) {
    const there = fs.existsSync(path.join(root, folder)) ? fs.readdirSync(path.join(root, folder)).sort() : [];
    const comments = (file) =>
        readFile(root, file).split('\n').flatMap((line) => /^\s*\/\/ (.*)/.exec(line)?.[1] ?? []);
    const known = comments(right);
    return there.map((name) => {
        const file = `${folder}/${name}`;
        const own = comments(file).find((comment) => !known.includes(comment));
        return {name: path.parse(name).name.replaceAll('_', ' '), file, says: own ? `: ${own}` : ''};
    });
}

// hints.md: "## 1 the hole", and under it a list from 1 to 3.
function firstHints(markdown) {
    return markdown.split(/^## +[0-9]+ +/m).slice(1).map((section) => {
        const [hole, ...rest] = section.split('\n');
        const hint = /^1\. (.*(?:\n +\S.*)*)/m.exec(rest.join('\n'))?.[1] ?? '';
        return {hole, hint: hint.replace(/\s+/g, ' ')};
    });
}

// A hint's links are relative to its own folder.
const fromHere = (hint, folder, link) => hint.replace(/\[([^\]]*)\]\((?![a-z]+:|#)([^)]+)\)/g,
                                                      (_, words, file) => link(words, path.posix.join(folder, file)));
