// Diagrams that are drawn from text: what --fix makes of them, and what it says when it cannot.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

const tool = fileURLToPath(new URL('../../../docs/text/text.mjs', import.meta.url));
const good = fileURLToPath(new URL('../good', import.meta.url));
const isThere = (program) => !spawnSync(program, ['-V']).error;
const without = isThere('dot') && isThere('mscgen') || process.env.CI ? false : 'skipped: no graphviz or no mscgen';

function mended(name, text, environment = {}) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'half-text-test-'));
    fs.cpSync(good, root, {recursive: true});
    fs.writeFileSync(path.join(root, 'docs/diagrams', name), text);
    const run = (way) => {
        const args = [tool, way, '--root', root, '--tests', path.join(root, 'tests.json')];
        const {status, stdout, stderr} =
            spawnSync(process.execPath, args, {encoding: 'utf8', env: {...process.env, ...environment}});
        return {status, said: stdout + stderr};
    };
    const [fix, check] = [run('--fix'), run('--check')];
    const svg = path.join(root, 'docs/diagrams', name.replace(/\.\w+$/, '.svg'));
    const picture = fs.existsSync(svg) ? fs.readFileSync(svg, 'utf8') : null;
    fs.rmSync(root, {recursive: true});
    return {fix, check, picture};
}

test('a new or changed text is drawn, and then in order', {skip: without}, () => {
    for (const [name, text] of [['greet.dot', 'digraph { Ann -> Bob; }'], ['new.dot', 'digraph { Ann -> Bob; }'],
                                ['new.msc', 'msc { Ann, Bob; Ann -> Bob; }']]) {
        const {fix, check, picture} = mended(name, text);
        assert.equal(fix.status, 0, fix.said);
        assert.match(fix.said, /^wrote docs\/diagrams\/\w+\.svg/m);
        assert.equal(check.status, 0, check.said);
        assert.match(picture, /<svg[^]*Ann[^]*Bob/);
    }
});

test('a text that is no diagram is a fault, and keeps the old picture', {skip: without}, () => {
    const before = fs.readFileSync(path.join(good, 'docs/diagrams/greet.svg'), 'utf8');
    const {fix, check, picture} = mended('greet.dot', 'digraph { Ann -> ');
    assert.equal(fix.status, 1);
    assert.match(fix.said, /^docs\/diagrams\/greet.dot:1: dot cannot draw it: /m);
    assert.match(check.said, /greet.svg was drawn from another text/);
    assert.equal(picture, before);
});

test('without the program that draws, mending says so, and checking needs none', () => {
    const {fix, check} = mended('new.dot', 'digraph { Ann -> Bob; }', {PATH: '/bin-that-is-not'});
    assert.equal(fix.status, 1, fix.said);
    assert.match(fix.said, /new.dot:1: dot is not installed/);
    assert.match(check.said, /new.svg is not drawn yet/);
});
