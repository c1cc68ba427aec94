// Writes all decks to OUT. OUT is ours: what was there before goes.
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {handoutPage, handoutText} from './handout.mjs';
import {lengths, pauses, slidesIn} from './lengths.mjs';
import {listPage} from './list.mjs';
import {deckPage} from './page.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const theme = path.resolve(here, '../theme');
const reveal = path.dirname(createRequire(import.meta.url).resolve('reveal.js/reveal.css'));

// Where decks were to be written, there is something else.
export class NotOurs extends Error {}

export async function write(decks, {root, out, pdf}, complaints) {
    const {version} = JSON.parse(readFileSync(path.resolve(here, '../../package.json'), 'utf8'));
    empty(out);
    writeAssets(path.join(out, 'assets'));

    const chapters = decks.filter(({slides}) => slides.length > 0)
                         .map(({name, number, title, slides}) =>
                                  ({folder: name, title: title || name, words: `Chapter ${number}. `, slides, pdf}));
    const all = decks.flatMap(({slides}) => slides);
    const workshops =
        lengths
            .map((length) => ({
                     folder: length.folder,
                     title: length.title,
                     words: `${length.minutes} minutes with breaks, ${pauses(length).work} without. So far: `,
                     slides: slidesIn(all, length),
                     joined: true,
                     pdf
                 }))
            .filter(({slides}) => slides.length > 0);

    for (const show of [...chapters, ...workshops]) {
        const to = path.join(out, show.folder);
        mkdirSync(to, {recursive: true});
        writeFileSync(path.join(to, 'index.html'), deckPage(show, {root, to, version}));
        writeFileSync(path.join(to, 'handout.html'), handoutPage(show, {root, to, version}));
        writeFileSync(path.join(to, 'handout.md'), handoutText(show, {version}));
    }
    const lists = [{heading: 'Chapters', shows: chapters}, {heading: 'The whole workshop', shows: workshops}];
    writeFileSync(path.join(out, 'index.html'), listPage(lists, {version}));

    if (pdf) {
        const {print} = await import('./print.mjs');
        await print([...chapters, ...workshops], out, complaints);
    }
    console.log(`${chapters.length + workshops.length} decks: ${path.relative(process.cwd(), out) || '.'}/index.html`);
}

// What was built before goes. A folder that holds something else is left alone.
function empty(out) {
    if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(path.join(out, 'assets/half.css'))) {
        throw new NotOurs(`${out} holds something else than slides: give another folder with --out`);
    }
    rmSync(out, {recursive: true, force: true});
}

function writeAssets(to) {
    mkdirSync(to, {recursive: true});
    for (const [from, name] of [['reveal.css'], ['reveal.js'], ['plugin/notes.js'], ['plugin/search.js'],
                                ['plugin/zoom.js']]) {
        cpSync(path.join(reveal, from), path.join(to, name ?? path.basename(from)));
    }
    for (const name of ['deck.js', 'scheme.js']) cpSync(path.join(theme, name), path.join(to, name));
    writeFileSync(path.join(to, 'half.css'), fonts() + readFileSync(path.join(theme, 'half.css'), 'utf8'));
}

// Source Sans Pro lies beside reveal.js as files. In the style sheet it works in every browser: some refuse to read a font
// from another folder when a page comes from a disk.
function fonts() {
    const folder = path.join(reveal, '../css/theme/fonts/source-sans-pro');
    const faces = [['regular', 400, 'normal'], ['italic', 400, 'italic'], ['semibold', 600, 'normal']];
    return faces
        .map(([name, weight, style]) => {
            const data = readFileSync(path.join(folder, `source-sans-pro-${name}.woff`)).toString('base64');
            return `@font-face { font-family: "Source Sans Pro"; font-weight: ${weight}; font-style: ${style}; ` +
                   `src: url(data:font/woff;base64,${data}) format("woff"); }\n`;
        })
        .join('');
}
