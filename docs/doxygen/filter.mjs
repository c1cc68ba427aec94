// What Doxygen reads instead of a file: node filter.mjs ROOT FILE
import {readFileSync} from 'node:fs';
import path from 'node:path';

import {filterHeader} from './header.mjs';
import {chaptersOf, mainPage} from './house.mjs';
import {filterPage} from './markdown.mjs';

const [root, named] = process.argv.slice(2);
const file = path.relative(root, path.resolve(named)).split(path.sep).join('/');
const text = readFileSync(named, 'utf8');

// In one line, so that those after it keep their numbers.
const lessons = () => `<ol class="lessons">${
    chaptersOf(root).filter((c) => c.lesson).map((c) => `<li>@ref ${c.lesson.id}</li>`).join('')}</ol>`;

process.stdout.write(file.endsWith('.md') ? filterPage(root, file, text, {lessons: file === mainPage ? lessons() : ''})
                                          : filterHeader(text, /(^|\/)(\d\d)_/.exec(file)[2]));
