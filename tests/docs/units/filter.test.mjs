// What Doxygen is given instead of a page or a header.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {filterHeader} from '../../../docs/doxygen/header.mjs';
import {chaptersOf, mainPage, pagesOf} from '../../../docs/doxygen/house.mjs';
import {filterPage, targetsOf} from '../../../docs/doxygen/markdown.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const good = fileURLToPath(new URL('../good', import.meta.url));
const page = (...lines) => filterPage(good, 'docs/about.md', lines.join('\n'), {lessons: 'LESSONS'}).split('\n');
const header = (...lines) => filterHeader(lines.join('\n'), '01').split('\n');

test('line numbers stay', () => {
    const count = (text) => text.split('\n').length;
    const chapters = chaptersOf(repository);
    for (const file
             of [mainPage, ...chapters.map(({lesson}) => lesson.file), ...pagesOf(repository).map(({file}) => file)]) {
        const text = readFileSync(path.join(repository, file), 'utf8');
        assert.equal(count(filterPage(repository, file, text)), count(text), file);
    }
    for (const file of chapters.flatMap(({headers}) => headers)) {
        const text = readFileSync(path.join(repository, file), 'utf8');
        assert.equal(count(filterHeader(text, '01')), count(text), file);
    }
});

test('headings get ids, comments go, front matter goes', () => {
    assert.deepEqual(page('---', 'title: x', '---', '# A `b`', '<!-- code: x -->', '## C d ##'),
                     ['', '', '', '# A `b` {#docs_about}', '', '## C d {#docs_about--c-d}']);
    assert.deepEqual(page('# A', '', '<!-- lessons -->').at(-1), 'LESSONS');
});

test('only C++ is highlighted, and code stays as it is', () => {
    assert.deepEqual(page('```cpp [1|2]', '@a [b](c)', '```'), ['```{.cpp}', '@a [b](c)', '```']);
    assert.deepEqual(page('> ~~~', '> # x', '> ~~~'), ['> ~~~{.unparsed}', '> # x', '> ~~~']);
});

test('local links lead to pages', () => {
    const lesson = '../chapters/01_first/README.md';
    assert.deepEqual(page(`[a](${lesson}#try-it)`), ['<a href="lesson_01_first.html#try-it">a</a>']);
    assert.deepEqual(page(`[two`, `lines](${lesson})`), ['<a href="lesson_01_first.html">two', 'lines</a>']);
    assert.deepEqual(page('[a][b]', '', `[b]: ${lesson}`), ['<a href="lesson_01_first.html">a</a>', '', '']);
    assert.deepEqual(page('[`first`](../chapters/01_first/first.hpp)'), ['[first](@ref 01_first/first.hpp)']);
    assert.deepEqual(page('[a](https://example.org) `[a](b)`'), ['[a](https://example.org) `[a](b)`']);
    assert.deepEqual(page('![W "x"](wall.svg)'), ['<img src="docs/wall.svg" alt="W &quot;x&quot;"/>']);
});

test('an address that cannot be decoded leads nowhere',
     () => { assert.deepEqual(targetsOf(good, 'docs/about.md', '[a](b%zz.md)').map(({kind}) => kind), ['missing']); });

test('what looks like a command is none',
     () => { assert.deepEqual(page('a@b 5% \\path #one `@c`'), ['a\\@b 5\\% \\\\path \\#one `@c`']); });

test('what unfolds is kept together', () => {
    assert.deepEqual(page('<details><summary>A `b`</summary>', '', 'c', '', '</details>'), [
        '@htmlonly[block]<details><summary>A <code>b</code></summary>@endhtmlonly', '', 'c', '',
        '@htmlonly[block]</details>@endhtmlonly'
    ]);
});

test('the opening of a header is the text of its page', () => {
    assert.deepEqual(header('// One.', '//', '//     int x;', '//', '// Two.', '#pragma once'), [
        '/// One.', '/// @code{.cpp}', '///     int x;', '/// @endcode', '/// Two. @for_the_file @introduced_01',
        '#pragma once'
    ]);
    assert.deepEqual(header('// One.', '//', '//     a table', '//     of words'), [
        '/// One.', '/// @code{.unparsed}', '///     a table', '///     of words @endcode @for_the_file @introduced_01'
    ]);
});

test('every comment for users says its chapter', () => {
    assert.deepEqual(
        header('', '/// One.', '/// Two.', 'int x;  ///< It.', '//! [here]', '// Not for users.'),
        ['', '/// One.', '/// Two. @introduced_01', 'int x;  ///< It. @introduced_01', '', '// Not for users.']);
});

test('what everybody would write need not be written', () => {
    assert.deepEqual(
        header('', '    bool operator==(const pid&) const = default;'),
        ['', '/** Compares all members, in order. @introduced_01 */     bool operator==(const pid&) const = default;']);
    assert.deepEqual(header('', '    /// By name.', '    bool operator==(const pid&) const = default;').at(-1),
                     '    bool operator==(const pid&) const = default;');
});

test('what is not ours is left out', () => {
    assert.deepEqual(header('', 'template <>', 'struct std::hash<half::pid> {', '    int x;', '};', 'int y;'),
                     ['', '', '', '', '', 'int y;']);
    assert.deepEqual(header('#include <vector>', '#include <01_first/first.hpp>'),
                     ['', '#include <01_first/first.hpp>']);
});

test('a specialisation of what is not ours goes, whatever it looks like', () => {
    const others = [
        ['/// A hash.', 'template <>', 'struct std::hash<half::pid> {', '    int n;', '};  // for maps'],
        ['template <> struct std::hash<half::pid> { int n; };'],
        ['template <>', 'struct std::hash<half::pid>', '    : half::hash {', '};'],
        ['template <>', 'struct std::hash<half::pid>;'],
    ];
    for (const lines of others) {
        assert.deepEqual(header(...lines, 'int mine;'), [...lines.map(() => ''), 'int mine;']);
    }
    assert.deepEqual(header('struct std::hash<half::pid> {'), ['']);
});

test('only what forbids a copy is said to forbid it', () => {
    const said = (line) => header('', line)[1];
    assert.match(said('    pool(const pool&) = delete;'), /cannot be copied/);
    assert.match(said('    pool& operator=(const pool&) = delete;'), /cannot be copied/);
    for (const line of ['    pool() = delete;', '    void add(child*) = delete;']) assert.equal(said(line), line);
});
