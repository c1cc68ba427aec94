// Builds the docs:   node docs/doxygen/build.mjs [--root DIR] [--out DIR]
//
// Doxygen reads the pages and headers of ROOT through filter.mjs. This looks whether all local links lead somewhere,
// fills in Doxygen's settings, says in our form what it complains about, and finishes what it wrote.
// Exit codes: 0 in order, 1 complaints, 2 misuse.
import {spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';

import {Complaints} from '../text/complaints.mjs';
import {parse} from '../text/markdown.mjs';

import {finish} from './finish.mjs';
import {chaptersOf, mainPage, pagesOf, sourceId} from './house.mjs';
import {targetsOf} from './markdown.mjs';
import {addWarnings} from './warnings.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const awesome = '/usr/share/doxygen-awesome-css';

function misused(text) {
    console.error(`docs: ${text}\n  usage: node docs/doxygen/build.mjs [--root DIR] [--out DIR]`);
    process.exit(2);
}

function options() {
    let values;
    try {
        ({values} = parseArgs({options: {root: {type: 'string'}, out: {type: 'string'}}}));
    } catch (error) {
        misused(error.message);
    }
    const root = path.resolve(values.root ?? path.join(here, '../..'));
    if (!existsSync(path.join(root, mainPage))) misused(`${root} has no ${mainPage}`);
    const out = path.resolve(values.out ?? path.join(root, 'build/docs'));
    // What was built before goes. A folder that holds something else is left alone.
    if (existsSync(out) && !existsSync(path.join(out, 'house.dox')) && readdirSync(out).length > 0)
        misused(`${out} holds something else than docs: give another folder with --out`);
    return {root, out};
}

const {root, out} = options();
const started = performance.now();
const complaints = new Complaints();
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const isFolder = (file) => statSync(path.join(root, file)).isDirectory();
const unique = (list) => [...new Set(list)];

// -- What there is -------------------------------------------------------------------------------------------------

const chapters = chaptersOf(root);
const lessons = chapters.flatMap((chapter) => chapter.lesson ?? []);
const headers = chapters.flatMap((chapter) => chapter.headers);

// Pages in the order in which the main page names them, then the others.
const named = targetsOf(root, mainPage, read(mainPage)).map((to) => to.file);
const rank = ({file}) => (named.includes(file) ? named.indexOf(file) : named.length);
const pages = pagesOf(root).sort((a, b) => rank(a) - rank(b));
const isWorkshop = ({file}) => file.startsWith('docs/workshop/');

const markdown = [mainPage, ...lessons.map(({file}) => file), ...pages.map(({file}) => file)];
const targets = markdown.flatMap((from) => targetsOf(root, from, read(from)).map((to) => ({...to, from})));

// What a page points to and is no page is shown as it is; a folder as a list of its files.
const shown = targets.filter((to) => to.kind === 'source').map(({file}) => file);
const folders = unique(shown.filter(isFolder));
const filesIn = (folder) =>
    readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`).filter((file) => !isFolder(file)).sort();
const sources = unique([...shown.filter((file) => !isFolder(file)), ...folders.flatMap(filesIn)]).sort();
const pictures = unique(targets.filter((to) => to.kind === 'picture').map(({file}) => file));

// A snippet is named by the end of its path: 01_name/demo.cpp, 01_name/first_test.cpp.
const snippets = [];
for (const header of headers) {
    read(header).split('\n').forEach((text, i) => {
        const name = /@snippet (\S+)/.exec(text)?.[1];
        if (!name) return;
        const file = [`chapters/${name}`, `tests/${name}`].find((where) => existsSync(path.join(root, where)));
        if (file) snippets.push(file);
        else
            complaints.add({
                file: header,
                line: i + 1,
                what: `@snippet ${name} is not there`,
                toDo: 'write the path from the folder of the chapter on, such as 01_name/demo.cpp'
            });
    });
}

// -- Links -----------------------------------------------------------------------------------------------------------

const anchors = new Map();
function anchorsOf(file) {
    if (!anchors.has(file)) {
        const {headings, ids} = parse(read(file));
        anchors.set(file, new Set([...headings.map(({slug}) => slug), ...ids.map(({id}) => id)]));
    }
    return anchors.get(file);
}
const pageOf = (file) => (file === '' || isFolder(file) ? path.posix.join(file, 'README.md') : file);

for (const {from, line, target, file, anchor, kind} of targets) {
    if (kind === 'missing') {
        complaints.add({file: from, line, what: `${target} is not there`, toDo: 'correct the link'});
    } else if (kind === 'page' && anchor && !anchorsOf(pageOf(file)).has(anchor)) {
        complaints.add({file: from, line, what: `${pageOf(file)} has no heading #${anchor}`, toDo: 'correct the link'});
    }
}

// -- What Doxygen is told ----------------------------------------------------------------------------------------------

const quoted = (file) => `"${path.join(root, file)}"`;
const list = (files) => files.map(quoted).join(' \\\n    ');

// @introduced_01 stands behind every comment of chapter 01: a link to its lesson, and an entry in its list of symbols.
const withSymbols =
    chapters.filter((chapter) => chapter.headers.some((header) => /^\s*\/\/(\/| )/m.test(read(header))));
const nameOf = ({lesson, folder}) => (lesson?.title ?? folder).replace(/"/g, '');
for (const {lesson, folder} of chapters) {
    if (!lesson)
        complaints.add({file: `chapters/${folder}/README.md`, what: 'the lesson is not there', toDo: 'write it'});
}
const aliases = withSymbols.map((chapter) => {
    const words = [`"Introduced in"`, `"Symbols of ${nameOf(chapter)}"`].map((text) => text.replace(/"/g, '\\"'));
    return `"introduced_${chapter.number}=^^@xrefitem ${chapter.list} ${words.join(' ')} @ref ${chapter.lesson?.id}"`;
});

const generated = [
    '/** @namespace half', ' *  Everything that the chapters bring.', ' */', '/** @page symbols Symbols by chapter',
    ' *  Every public symbol, under the chapter that introduced it.',
    ...withSymbols.map(({list}) => ` *  - @subpage ${list}`), ' */',
    // Of files of one name Doxygen finds the right one by its path below chapters/.
    ...sources.flatMap((file) => [`/** @page ${sourceId(file)} ${file}`,
                                  ` *  @includelineno ${file.replace(/^chapters\//, '')}`, ' */']),
    ...folders.flatMap(
        (folder) => [`/** @page ${sourceId(folder)} ${folder}`,
                     ...filesIn(folder).map((file) => ` *  - @ref ${sourceId(file)} "${path.basename(file)}"`), ' */'])
].join('\n');

const xml = (text) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
const tab = ({id, title}) => `<tab type="user" url="@ref ${id}" title="${xml(title)}"/>`;
const group = (title, inside) =>
    inside.length ? `<tab type="usergroup" url="[none]" title="${title}">${inside.map(tab).join('')}</tab>` : '';

const values = {
    ROOT: root,
    OUT: out,
    HERE: here,
    AWESOME: awesome,
    VERSION: /project\([^)]*VERSION ([0-9.]+)/.exec(read('CMakeLists.txt'))?.[1] ?? '',
    INPUT: `${list([...markdown, ...headers])} "${out}/house.dox"`,
    SOURCES: list(unique([...sources, ...snippets])),
    ALIASES: aliases.join(' \\\n    '),
    LESSONS: group('Lessons', lessons),
    LISTS: withSymbols.map((chapter) => tab({id: chapter.list, title: nameOf(chapter)})).join(''),
    PAGES: group('Engine and decisions', pages.filter((page) => !isWorkshop(page))),
    WORKSHOP: group('Running the workshop', pages.filter(isWorkshop))
};
const fill = (file) => readFileSync(path.join(here, file), 'utf8').replace(/@([A-Z]+)@/g, (_, key) => values[key]);

// -- Building ------------------------------------------------------------------------------------------------------------

function build() {
    rmSync(out, {recursive: true, force: true});
    mkdirSync(out, {recursive: true});
    writeFileSync(path.join(out, 'house.dox'), generated);
    writeFileSync(path.join(out, 'layout.xml'), fill('layout.xml.in'));
    writeFileSync(path.join(out, 'Doxyfile'), fill('Doxyfile.in'));

    const ran = spawnSync('doxygen', [path.join(out, 'Doxyfile')], {cwd: root, encoding: 'utf8'});
    if (ran.error) misused('doxygen is not there: install the packages doxygen, doxygen-awesome-css and graphviz');
    const log = path.join(out, 'warnings.txt');
    addWarnings(complaints, root, existsSync(log) ? readFileSync(log, 'utf8') : ran.stderr);
    if (ran.status !== 0 && complaints.count === 0) {
        complaints.add(
            {file: 'docs', what: `doxygen ended with ${ran.status}: ${ran.stderr}`, toDo: 'look at what it says'});
    }
    for (const file of pictures) cpSync(path.join(root, file), path.join(out, 'html', file));
    finish(path.join(out, 'html'), [...lessons, ...pages].map(({id}) => id));
}

if (!existsSync(awesome)) misused('doxygen-awesome-css is not there: install the package of that name');
if (complaints.count === 0) build();

const counted = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;
complaints.report(`${counted(markdown.length, 'page')} and ${counted(headers.length, 'header')}`);
if (complaints.count > 0) {
    console.log('What to do: mend what is named above, then run ./workbook docs again.');
    process.exitCode = 1;
} else {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`Built in ${seconds} s. Open ${pathToFileURL(path.join(out, 'html/index.html'))}`);
}
