// Whatever a page looks like: mending it once is enough, and leaves alone what is no block.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

import {parse} from '../../../docs/text/markdown.mjs';

import {random} from './random.mjs';

const tool = fileURLToPath(new URL('../../../docs/text/text.mjs', import.meta.url));
const good = fileURLToPath(new URL('../good', import.meta.url));

const markers = [
    '<!-- code: chapters/01_first/demo.cpp#greet -->', '<!-- code: chapters/01_first/demo.cpp#greet; steps: return -->',
    '<!-- code: chapters/01_first/README.md -->', '<!-- wrong: tests/01_first/refused/nobody.cpp#wrong -->'
];

const pieces = [
    ...markers, 'Text.',     '',           '',          '- item',       '  more',  '> quote',   '1. one', '   two',
    '',         '<details>', '</details>', '# heading', '    indented', '---',     '```cpp',    '```',    '```',
    '~~~',      '````',      'int x;',     '[a](b.md)', '```cpp [3]',   '<!-- to', 'write -->', '\t```'
];

// The page without the bodies of its blocks, and without what stands on their fences.
function rest(text) {
    const {lines, blocks} = parse(text);
    const inBlock = new Set();
    for (const {first, last} of blocks) {
        for (let line = first; line <= last; ++line) inBlock.add(line);
    }
    return lines.filter((_, i) => !inBlock.has(i + 1));
}

test('mending is done after one time, and changes blocks only', () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'half-text-test-'));
    fs.cpSync(good, root, {recursive: true});
    const pick = random(7);
    const pages = new Map();
    for (let i = 0; i < 400; ++i) {
        const lines = Array
                          .from({length: 3 + pick(12)},
                                () => {
                                    const margin = ['', '', '', '  ', '   ', '> ', '- '][pick(7)];
                                    const few = Array.from({length: 1 + pick(4)}, () => pieces[pick(pieces.length)]);
                                    const whole = [markers[pick(markers.length)], '```cpp', ...few, '```'];
                                    return (pick(3) === 0 ? whole : few).map((line) => margin.replace('-', ' ') + line);
                                })
                          .flat();
        pages.set(`page${i}.md`, lines.join('\n'));
        fs.writeFileSync(path.join(root, `page${i}.md`), lines.join('\n'));
    }
    const mend = () => {
        const args = [tool, '--fix', '--root', root, '--tests', path.join(root, 'tests.json'), '--only', 'still'];
        const {stdout, stderr, status} = spawnSync('node', args, {encoding: 'utf8', maxBuffer: 1e8});
        assert.equal(status, 1, stderr);
        return stdout.split('\n').filter((line) => line.startsWith('wrote '));
    };
    assert.ok(mend().length > 20, 'too few of the pages had something to mend');
    for (const [name, before] of pages) {
        const after = fs.readFileSync(path.join(root, name), 'utf8');
        if (after !== before) assert.deepEqual(rest(after), rest(before), `${before}\n=== became ===\n${after}`);
    }
    assert.deepEqual(mend(), []);
    fs.rmSync(root, {recursive: true});
});
