// What there is to read, and under which name Doxygen knows it. Names follow from paths alone, so a page can be linked
// to before anybody has read it.
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';

import {parse} from '../text/markdown.mjs';

const isFolder = (file) => existsSync(file) && statSync(file).isDirectory();
const below = (root, folder) => isFolder(path.join(root, folder)) ? readdirSync(path.join(root, folder)).sort() : [];

function markdownBelow(root, folder) {
    return below(root, folder).flatMap((name) => {
        const file = `${folder}/${name}`;
        if (isFolder(path.join(root, file))) return markdownBelow(root, file);
        return name.endsWith('.md') ? [file] : [];
    });
}

// A page of Markdown: `file` as the repository knows it, `id` as Doxygen does.
function page(root, file) {
    const title = parse(readFileSync(path.join(root, file), 'utf8')).headings[0]?.text;
    return {file, id: pageId(file), title: title ?? file};
}

export function chaptersOf(root) {
    return below(root, 'chapters').filter((name) => /^[0-9][0-9]_/.test(name)).map((folder) => {
        const lesson = `chapters/${folder}/README.md`;
        return {
            folder,
            number: folder.slice(0, 2),
            list: `introduced_${folder.slice(0, 2)}`,
            headers: below(root, `chapters/${folder}`)
                         .filter((name) => name.endsWith('.hpp'))
                         .map((name) => `chapters/${folder}/${name}`),
            lesson: existsSync(path.join(root, lesson)) ? page(root, lesson) : null
        };
    });
}

export const mainPage = 'docs/main.md';
const exercisesPage = 'exercises/README.md';
export const pagesOf = (root) => [...markdownBelow(root, 'docs'), exercisesPage]
                                     .filter((file) => file !== mainPage && existsSync(path.join(root, file)))
                                     .map((file) => page(root, file));

// -- Names ---------------------------------------------------------------------------------------------------------

const label = (file) => file.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '');

export const pageId = (file) =>
    label(file.replace(/(^|\/)README\.md$/, '').replace(/\.md$/, '')).replace(/^chapters_/, 'lesson_');
export const sourceId = (file) => `source_${label(file)}`;

// A heading's id is unique on its page, Doxygen wants it unique in the house: so it carries the page's, for a while
// (finish.mjs takes it off again).
export const headingId = (page, anchor) => `${page}--${anchor}`;

export const isLesson = (file) => /^chapters\/[0-9][0-9]_[^/]+\/README\.md$/.test(file);
const isPublicHeader = (file) => /^chapters\/[0-9][0-9]_[^/]+\/[^/]+\.hpp$/.test(file);
const isPage = (file) => file.endsWith('.md') && (isLesson(file) || file.startsWith('docs/') || file === exercisesPage);

// What a path of the repository is in the docs: {kind, id}, or null when nothing is there.
export function find(root, file) {
    const whole = path.join(root, file);
    if (!existsSync(whole)) return null;
    if (file === mainPage || file === 'README.md' || file === '') return {kind: 'page', id: 'index'};
    if (isFolder(whole)) {
        const readme = path.posix.join(file, 'README.md');
        return existsSync(path.join(root, readme)) ? find(root, readme) : {kind: 'source', id: sourceId(file)};
    }
    if (isPage(file)) return {kind: 'page', id: pageId(file)};
    if (isPublicHeader(file)) return {kind: 'header', id: file.slice('chapters/'.length)};
    return {kind: 'source', id: sourceId(file)};
}
