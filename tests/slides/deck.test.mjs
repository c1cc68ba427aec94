// What decks become: hostile text stays text, and what belongs together stays together.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {readInfo} from '../../slides/deck/code.mjs';
import {readDecks} from '../../slides/deck/deck.mjs';
import {handoutText} from '../../slides/deck/handout.mjs';
import {lengths, pauses, slidesIn, sum} from '../../slides/deck/lengths.mjs';
import {deckPage} from '../../slides/deck/page.mjs';
import {inlined, PictureFault, readPicture} from '../../slides/deck/pictures.mjs';
import {notesHtml, slideHtml} from '../../slides/deck/render.mjs';
import {schedule} from '../../slides/deck/schedule.mjs';

const settings = (id, length = 'full') => `<!-- .slide: id="${id}" data-minutes="2" data-length="${length}" -->`;

// The decks of a tree with these files in slides/.
function decksOf(files, use) {
    const root = mkdtempSync(path.join(tmpdir(), 'deck-'));
    try {
        mkdirSync(path.join(root, 'slides'));
        for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, 'slides', name), text);
        return use(readDecks(root), root);
    } finally {
        rmSync(root, {recursive: true});
    }
}

const one = (body, notes = '- Say: so.') => decksOf(
    {'01_one.md': `---\ntitle: One\nminutes: 2\n---\n\n${settings('a')}\n\n# A\n\n${body}\n\nNote:\n\n${notes}\n`},
    (decks, root) => ({
        slide: decks[0].slides[0],
        slides: decks[0].slides,
        html: slideHtml(decks[0].slides[0], {root, to: root, prefix: 'a'})
    }));

const textOf = (html) => html.replace(/<[^>]*>/g, '')
                             .replace(/&lt;/g, '<')
                             .replace(/&gt;/g, '>')
                             .replace(/&quot;/g, '"')
                             .replace(/&#(39|x27);/g, '\'')
                             .replace(/&amp;/g, '&');

test('code comes out as it went in', () => {
    const code = [
        'auto a = b < c && d > e;  // </script> </textarea> </pre> <!-- --> &amp; "quoted" \'so\'', '/* a comment',
        '   over lines */ template <class T> T f(T&& t) { return t; }', '', 'R"(raw', 'string)"'
    ].join('\n');
    for (const info of ['cpp', 'cpp [1|2-3]', '', 'nonsense', 'text']) {
        const pre = /<pre[^]*<\/pre>/.exec(one(`\`\`\`${info}\n${code}\n\`\`\``).html)[0];
        assert.equal(textOf(pre), code, info);
        // Each line is whole: what opens in it closes in it.
        for (const line of pre.replace(/^<pre[^>]*><code>|<\/code><\/pre>$/g, '').split('\n')) {
            assert.equal((line.match(/<span/g) ?? []).length, (line.match(/<\/span>/g) ?? []).length, line);
        }
    }
});

test('what looks like a separator in code is code', () => {
    const {slides, slide, html} = one('```text\n---\nNote: this is printed\n---\n```');
    assert.equal(slides.length, 1);
    assert.equal(slide.notes, '- Say: so.');
    assert.match(html, /Note: this is printed/);
});

test('a separator under a paragraph makes no heading of it', () => {
    const text = `---\ntitle: One\nminutes: 4\n---\n${settings('a')}\n\n# A\n\nNote:\n\n- Say: so.\n---\n${
        settings('b')}\n\n## B\n`;
    decksOf({'01_one.md': text}, ([deck]) => {
        assert.deepEqual(deck.slides.map(({id, heading}) => [id, heading]), [['a', 'A'], ['b', 'B']]);
        assert.deepEqual(deck.slides.map(({line}) => line), [5, 13]);
    });
});

test('words with signs of HTML stay words', () => {
    const {html} = one('a < b & c > d, `x<y>` and "quotes"');
    assert.match(html, /a &lt; b &amp; c &gt; d, <code>x&lt;y&gt;<\/code>/);
});

test('HTML is shown, not run, on the slide and in the notes', () => {
    const {slide, html} =
        one('<script>alert(1)</script> x<br>y <b onclick="a()">z</b>', '- Say: <img src=x onerror=a()> so.');
    for (const text of [html, notesHtml(slide)]) assert.doesNotMatch(text, /<(script|b|img)\b/);
    assert.match(html, /x<br>y/);
    assert.match(html, /&lt;script&gt;/);
});

test('steps are read as lists of lines', () => {
    assert.deepEqual(readInfo('cpp [1|2-3,5]'), {lang: 'cpp', steps: [[1], [2, 3, 5]]});
    assert.deepEqual(readInfo('cpp'), {lang: 'cpp', steps: []});
    assert.deepEqual(readInfo(''), {lang: '', steps: []});
});

test('the first block begins with its first step, a second one waits for a key', () => {
    const {html} = one('```cpp [1|2]\na;\nb;\n```\n\n```cpp [1|2]\nc;\nd;\n```');
    assert.deepEqual([...html.matchAll(/class="fragment step" data-step="(\d)"/g)].map(([, k]) => k), ['1', '0', '1']);
});

test('two pictures with the same ids do not share them', () => {
    const svg =
        '<?xml version="1.0"?><svg viewBox="0 0 10 10"><style>\n  svg { color: red } #a { fill: red } @media (prefers-color-scheme: dark) { '
        +
        'text { fill: white } }</style><defs><path id="a"/></defs><use href="#a"/><rect fill="url(#a)"/></svg>';
    const [first, second] = ['p1', 'p2'].map((id) => inlined(svg, id, 'a "picture" <b>'));
    assert.match(first, /id="p1-a"/);
    assert.match(first, /href="#p1-a"/);
    assert.match(first, /url\(#p1-a\)/);
    assert.match(first, /#p1 \{\n  & \{ color: red \} #p1-a \{ fill: red \}/);
    assert.match(first, /:root\[data-scheme="dark"\] #p1 \{ ?text \{ fill: white \}/);
    assert.doesNotMatch(second, /p1/);
    assert.match(first, /<title id="p1-title">a &quot;picture&quot; &lt;b&gt;<\/title>/);
});

test('in a deck of all chapters, ids and links have the number of their chapter', () => {
    const deck = (name) =>
        `---\ntitle: ${name}\nminutes: 2\n---\n\n${settings('a')}\n\n# ${name}\n\n[here](#/a)\n\nNote:\n\n- Say: so.\n`;
    decksOf({'01_one.md': deck('One'), '02_two.md': deck('Two')}, (decks, root) => {
        const show = {folder: 'all', title: 'All', slides: decks.flatMap(({slides}) => slides), joined: true};
        const html = deckPage(show, {root, to: root, version: '1'});
        assert.deepEqual([...html.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id), ['01-a', '02-a']);
        assert.deepEqual([...html.matchAll(/href="(#\/[^"]*)">here/g)].map(([, to]) => to), ['#/01-a', '#/02-a']);
        const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
        assert.equal(new Set(ids).size, ids.length);
    });
});

test('the handout has what is shown and what is said', () => {
    const {slides} =
        one('Shown.\n\n<!-- code: x.cpp -->\n```cpp [1]\ncode();\n```\n\n![A picture](p.svg)', '- Ask: why?');
    const text = handoutText({title: 'One', slides}, {version: '1'});
    for (const part of ['## 1. A', 'Shown.', '```cpp\ncode();\n```', '(Picture: A picture)', '> - Ask: why?']) {
        assert.ok(text.includes(part), part);
    }
    assert.doesNotMatch(text, /<!--|\[1\]/);
});

test('a slide is in its length and all longer ones', () => {
    const slides = ['talk', 'half', 'full'].map((length) => ({length}));
    assert.deepEqual(lengths.map((length) => slidesIn(slides, length).length), [1, 2, 3]);
});

test('breaks and lunch are taken from the time', () => {
    assert.deepEqual(pauses({minutes: 90, lunches: 0}), {lunch: 0, breaks: 10, work: 80});
    assert.deepEqual(pauses({minutes: 50, lunches: 0}), {lunch: 0, breaks: 0, work: 50});
    assert.deepEqual(pauses({minutes: 840, lunches: 2}), {lunch: 120, breaks: 120, work: 600});
});

test('the schedule adds up, and leaves out a deck without minutes', () => {
    const deck = (title, length, minutes) => `---\ntitle: ${title}\nminutes: ${
        minutes}\n---\n\n<!-- .slide: id="a" data-minutes="${minutes}" data-length="${length}" -->\n\n# A\n`;
    const files = {
        '01_one.md': deck('One', 'talk', 5),
        '02_two.md': deck('Two', 'half', 7),
        '03_three.md': deck('Three', 'talk', 0)
    };
    decksOf(files, (_, root) => {
        const table = schedule(root);
        assert.ok(table.includes('| 01 One | 5 | 5 | 5 |'));
        assert.ok(table.includes('| 02 Two | 0 | 7 | 7 |'));
        assert.ok(table.includes('| **Slides** | **5** | **12** | **12** |'));
        assert.ok(!table.some((line) => line.includes('Three')));
    });
});

test('exercises are part of the schedule, the first of a chapter in half a day, the first three in two days', () => {
    decksOf({'01_one.md': '---\ntitle: One\nminutes: 0\n---\n'}, (_, root) => {
        for (const place of [1, 2, 3, 4, 5]) {
            const folder = path.join(root, `exercises/01_e${place}`);
            mkdirSync(folder, {recursive: true});
            const words = {title: 'E', kind: 'fix', place, minutes: 10 + place, teaches: 'e', read: 'e', file: 'e'};
            writeFileSync(path.join(folder, 'exercise.txt'),
                          Object.entries(words).map((fact) => fact.join(' ')).join('\n'));
        }
        const table = schedule(root);
        assert.ok(table.includes('| Exercises | 0 | 11 | 36 |'));
        assert.ok(table.includes('| Left for questions | 80 | 189 | 564 |'));
    });
});

test('minutes add up as a reader adds them',
     () => { assert.equal(sum([1.1, 2.2].map((minutes) => ({minutes}))), 3.3); });

test('who calls the builder wrongly is told so', () => {
    const builder = fileURLToPath(new URL('../../slides/deck/build.mjs', import.meta.url));
    for (const [args, pattern] of [[['--frob'], /what is frob/], [['--out', builder], /build\.mjs is no folder/],
                                   [['--root', path.dirname(builder)], /there is no folder .*deck\/slides/],
                                   [['--least', 'x'], /wants a number/], [['--toString'], /what is toString/]]) {
        const {status, stderr} = spawnSync(process.execPath, [builder, ...args], {encoding: 'utf8'});
        assert.equal(status, 2, stderr);
        assert.match(stderr, pattern);
    }
});

test('a picture loads nothing, in whatever way it asks', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'picture-'));
    const file = path.join(folder, 'a.svg');
    const read = (inner) => {
        writeFileSync(file, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${inner}</svg>`);
        return readPicture(file);
    };
    const css = ['fill: url(https://a.org/b)', 'x: u\\72l(a.png)', 'x: image-set("a.png" 1x)', 'x: image("//a.org")'];
    for (const inner
             of [...css.map((text) => `<style>.a { ${text} }</style>`), '<style>@\\69mport "a.css";</style>',
                 '<image href=https://a.org/b />', '<g/onload="x()"/>', '<set attributeName="href" to="a.png"/>',
                 '<a href="#b"><animate attributeName="href" values="a.png"/></a>']) {
        assert.throws(() => read(inner), PictureFault, inner);
    }
    read('<style>.a { fill: url(#b) }</style><text class="a">see https://a.org, C:\\ and image(1)</text>');
    rmSync(folder, {recursive: true});
});
