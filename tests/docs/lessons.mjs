// Are the lessons in the navigation and on the main page, all of them and in their order?
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';

import {chaptersOf} from '../../docs/doxygen/house.mjs';

import {readPage} from './html.mjs';

const isLesson = (target) => /^lesson_/.test(target ?? '') && !target.includes('#');

export function lessons(root, built, complaints) {
    const chapters = chaptersOf(root);
    const html = path.join(built, 'html');
    const expected = chapters.filter(({lesson}) => lesson).map(({lesson}) => `${lesson.id}.html`).join(', ');

    const tree = readFileSync(path.join(html, 'navtreedata.js'), 'utf8');
    const navigation = [...tree.matchAll(/^ *\[ ".*?", "([^"]*)"/gm)].map(([, target]) => target).filter(isLesson);
    const links = readPage(path.join(html, 'index.html')).links.map(({target}) => target).filter(isLesson);

    for (const [file, found] of [['navtreedata.js', navigation], ['index.html', links]]) {
        if (found.join(', ') === expected) continue;
        complaints.add({
            file: `html/${file}`,
            what: `the lessons are ${found.join(', ') || 'not there'}; in the repository they are ${expected}`,
            toDo: file === 'index.html' ? 'put <!-- lessons --> into docs/main.md'
                                        : 'look at docs/doxygen/layout.xml.in'
        });
    }
    for (const {lesson, folder} of chapters) {
        if (lesson && existsSync(path.join(html, `${lesson.id}.html`))) continue;
        complaints.add({file: `chapters/${folder}`, what: 'its lesson has no page', toDo: 'write its README.md'});
    }
    return `${chapters.length} chapters`;
}
