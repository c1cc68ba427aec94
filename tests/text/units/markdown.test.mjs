// What parse() makes of Markdown, where a page in a tree would be too clumsy to show it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';

import {parse} from '../../../docs/text/markdown.mjs';

import {random} from './random.mjs';

const bodies = (text) => parse(text).blocks.map(({body}) => body.join('|'));
const targets = (text) => parse(text).links.map(({target}) => target);

test('a fence ends with one as long, of the same kind', () => {
    assert.deepEqual(bodies('````\n```\na\n```\n````\n~~~\n```\n~~~\n'), ['```|a|```', '```']);
    assert.deepEqual(bodies('```\na\n``` b\n```\n'), ['a|``` b']);
    assert.equal(parse('```\na').blocks[0].closed, false);
    assert.equal(parse('> ```\n> a\nb\n').blocks[0].closed, false);
});

test('a fence keeps its margin to itself', () => {
    assert.deepEqual(bodies('  ```\n    a\n b\n  ```\n'), ['  a|b']);
    assert.deepEqual(bodies('- ```\n  a\n\n    b\n  ```\n'), ['a||  b']);
    assert.deepEqual(bodies('> - ```\n>   a\n>   ```\n'), ['a']);
    assert.deepEqual(bodies('1. x\n\n   > ```\n   >\ta\n   > ```\n'), ['   a']);
});

test('three backticks inside a line are inline code', () => {
    assert.equal(parse('``` a ```\n').blocks.length, 0);
    assert.equal(parse('text ```\n').blocks.length, 0);
});

test('indented code is told from lists and paragraphs', () => {
    const indented = (text) => parse(text).unfenced.map(({how, first, last}) => `${how} ${first}-${last}`);
    assert.deepEqual(indented('a\n\n    b\n\n    c\n'), ['indented 3-5']);
    assert.deepEqual(indented('a\n    b\n'), []);
    assert.deepEqual(indented('- a\n\n    b\n'), []);
    assert.deepEqual(indented('- a\n\n      b\n'), ['indented 3-3']);
    assert.deepEqual(indented('10. a\n\n    b\n'), []);
    assert.deepEqual(indented('\tb\n'), ['indented 1-1']);
    assert.deepEqual(indented('# a\n    b\n'), ['indented 2-2']);
});

test('a marker stands alone, right above, at the same depth', () => {
    const marked = (text) => parse(text).blocks.map(({marker}) => marker?.kind ?? null);
    assert.deepEqual(marked('<!-- code: a -->\n```\n```\n'), ['code']);
    assert.deepEqual(marked('text\n<!-- code: a -->\n```\n```\n'), ['code']);
    assert.deepEqual(marked('<!-- code: a -->\n\n```\n```\n'), [null]);
    assert.deepEqual(marked('text <!-- code: a -->\n```\n```\n'), [null]);
    assert.deepEqual(marked('<!-- code: a --> text\n```\n```\n'), [null]);
    assert.deepEqual(marked('<!--\ncode: a -->\n```\n```\n'), [null]);
    assert.deepEqual(marked('<!-- code: a -->\n> ```\n> ```\n'), [null]);
    assert.deepEqual(marked('> <!-- code: a -->\n- ```\n  ```\n'), [null]);
    assert.deepEqual(marked('`<!-- code: a -->`\n```\n```\n'), [null]);
    assert.deepEqual(parse('<!-- code: a#b; steps: x | `;` -->\n```\n```\n').blocks[0].marker,
                     {kind: 'code', target: 'a#b', options: ['steps: x | `;`'], line: 1});
});

test('headings are known by the anchors of a forge', () => {
    const slugs = (text) => parse(text).headings.map(({slug}) => slug);
    assert.deepEqual(slugs('# A `b_c`, and _d_!\n## Größe & Maß\n'), ['a-b_c-and-d', 'größe--maß']);
    assert.deepEqual(slugs('# a\n# a\n# a-1\n# a\n'), ['a', 'a-1', 'a-1-1', 'a-2']);
    assert.deepEqual(slugs('a [b](c.md)\n===\n\n- d\n\n> # e #\n'), ['a-b', 'e']);
    assert.deepEqual(slugs('# What Erlang does that we don\'t\n# `co_await` &amp; C++23\n'),
                     ['what-erlang-does-that-we-dont', 'co_await--c23']);
    assert.deepEqual(slugs('####### no\n#no\n\\# no\n'), []);
});

test('links are found in all their forms, and in code they are none', () => {
    assert.deepEqual(targets('[a](b "t") ![c](<d e>) <https://f> [g]\n\n[g]: h\n'),
                     ['b', 'd e', 'https://f', 'h', 'h']);
    assert.deepEqual(targets('`[a](b)` ``[`](b)`` \\[a](b) <!-- [a](b) -->\n'), []);
    assert.deepEqual(targets('[![a](b)](c) [d](e(f)) [g](h\\)i)\n'), ['b', 'c', 'e(f)', 'h)i']);
    assert.deepEqual(targets('<a href="b"><img src=c alt=x srcset="d 1x, e 2x"></a>\n'), ['b', 'c', 'd', 'e']);
    assert.deepEqual(targets('[^1] and [x]\n\n[^1]: https://note\n'), ['https://note']);
    assert.deepEqual(targets('```\n[a](b)\n```\n\n    [a](b)\n'), []);
    assert.deepEqual(targets('[a][b]\n'), [null]);
});

test('front matter is pairs, and nothing else', () => {
    assert.deepEqual(parse('---\ntitle: "A b"\nminutes: 5\n---\n').frontMatter.values, {title: 'A b', minutes: '5'});
    assert.equal(parse('---\n```\n```\n---\n').frontMatter, null);
    assert.equal(parse('---\n```\n```\n---\n').blocks.length, 1);
    assert.equal(parse('a\n\n---\nb: c\n---\n').frontMatter, null);
});

// -- any text is a page --------------------------------------------------------------------------------------------

const spice = [
    '```', '~~~~', '`',     '> ', '- ', '1. ',    '    ',   '\t',   '<!--', '-->', '<details>',   '<pre>',
    '[',   '](',   ')',     '![', '#',  '---\n',  '===\n',  '\n\n', '\r',   '\0',  '\u0001',      '<a id="',
    '"',   '\\',   '&#x0;', 'ü',  '𝕏',  '\ud800', '[x]: y', ';',    '|',    '<',   ' '.repeat(9), 'a'.repeat(300)
];

test('mutations of real pages are read, and every line is counted once', () => {
    const pages = ['chapters/01_gen_server/README.md', 'docs/writing.md', 'tests/text/good/docs/forms.md'].map(
        (name) => fs.readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'));
    const pick = random(1);
    for (let round = 0; round < 2000; ++round) {
        let text = pages[pick(pages.length)];
        const from = pick(text.length);
        text = text.slice(from, from + 2000);
        for (let i = pick(12); i >= 0; --i) {
            const at = pick(text.length + 1);
            const gone = pick(3) === 0 ? pick(40) : 0;
            text = text.slice(0, at) + spice[pick(spice.length)].repeat(1 + pick(3)) + text.slice(at + gone);
        }
        const page = parse(text);
        let last = 0;
        for (const block of page.blocks) {
            assert.ok(block.first > last && block.last >= block.first && block.last <= page.lines.length,
                      JSON.stringify(text));
            assert.equal(block.body.length, block.last - block.first - (block.closed ? 1 : 0), JSON.stringify(text));
            last = block.last;
        }
        for (const {line} of [...page.links, ...page.ids, ...page.comments, ...page.headings]) {
            assert.ok(line >= 1 && line <= page.lines.length, JSON.stringify(text));
        }
    }
});

test('time grows with the length, whatever is written', () => {
    const unit = [
        '[',        '[](',    '[a](b "',  '`` ` ', '<',      '<!-- ', '> ',      '- ', ' - a\n',
        '<a b="c ', '[a][b]', '[a]: b\n', '](',    '[a](((', '>\n',   '<!a',     '![', '\\',
        '<pre>\n',  '```\n',  '- a\n\n',  '&',     '_a',     '# a\n', 'http://', '\t', '*'
    ];
    const milliseconds = (text) => {
        let best = Infinity;
        for (let i = 0; i < 2; ++i) {
            const begin = process.cpuUsage().user;
            parse(text);
            best = Math.min(best, (process.cpuUsage().user - begin) / 1000);
        }
        return best;
    };
    for (const one of unit) {
        const short = milliseconds(one.repeat(10000 / one.length));
        const long = milliseconds(one.repeat(80000 / one.length));
        assert.ok(long < 8 * 4 * (short + 5), `${JSON.stringify(one)}: ${short} ms, eight times as long ${long} ms`);
    }
});
