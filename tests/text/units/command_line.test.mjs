// How the tool is called, and how it ends.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

delete process.env.CI;
const tool = fileURLToPath(new URL('../../../docs/text/text.mjs', import.meta.url));
const good = fileURLToPath(new URL('../good', import.meta.url));

function text(args, {cwd = good, env = {}} = {}) {
    const {status, stdout, stderr} =
        spawnSync('node', [tool, ...args], {cwd, env: {...process.env, ...env}, encoding: 'utf8'});
    return {status, said: stdout + stderr};
}

function tree(change = () => {}) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'half-text-test-'));
    fs.cpSync(good, root, {recursive: true});
    change(root);
    return root;
}

function ends(expected, pattern, args, options) {
    const {status, said} = text(args, options);
    assert.equal(status, expected, said);
    assert.match(said, pattern);
}

test('misuse ends with 2 and says how it is used', () => {
    ends(2, /say --check or --fix[^]*usage:/, []);
    ends(2, /say --check or --fix/, ['--check', '--fix']);
    ends(2, /usage:/, ['--chekc']);
    ends(2, /there is no nowhere.md/, ['--check', '--root', '.', 'nowhere.md']);
    ends(2, /workbook is no Markdown/, ['--check', '--root', '.', 'workbook']);
    ends(2, /there is no Markdown in printed/, ['--check', '--root', '.', 'printed']);
    ends(2, /is not below/, ['--check', '--root', 'docs', '../chapters/01_first/README.md']);
    ends(2, /is no build folder/, ['--check', '--root', '.', '--build', 'docs']);
    ends(2, /cannot read nowhere.json/, ['--check', '--root', '.', '--tests', 'nowhere.json']);
    ends(2, /there is no folder nowhere/, ['--check', '--root', 'nowhere']);
    ends(2, /not both/, ['--check', '--build', 'a', '--tests', 'b']);
    ends(2, /still or outputs/, ['--check', '--only', 'links']);
});

test('normalisers that are not in order end with 2 and are named', () => {
    for (const [line, pattern] of [['pid | rename', /normalisers.txt:1: this is not/],
                                   ['pid | rename | ( | why', /normalisers.txt:1: Inv/]]) {
        const root = tree((folder) => {
            fs.mkdirSync(path.join(folder, 'docs/text'));
            fs.writeFileSync(path.join(folder, 'docs/text/normalisers.txt'), line);
        });
        ends(2, pattern, ['--check', '--root', root, '--tests', path.join(root, 'tests.json')]);
        fs.rmSync(root, {recursive: true});
    }
});

test('only the named pages are looked at', () => {
    ends(0, /^1 page, all in order/m, ['--check', '--root', '.', '--tests', 'tests.json', 'docs/forms.md']);
    ends(0, /^1 page, all in order/m,
         ['--check', '--root', '..', '--tests', '../tests.json', 'forms.md'].map((word) =>
                                                                                     (word === '..' ? good : word)),
         {cwd: path.join(good, 'docs')});
    ends(0, /^1 page, all in order/m,
         ['--check', '--root', '.', '--tests', 'tests.json', 'chapters', 'chapters/01_first']);
});

test('without tests, what must be run cannot be in order', () => {
    ends(1, /nobody said which tests there are, so 01.sketch.party cannot be asked[^]*give --build or --tests/,
         ['--check', '--root', '.']);
});

test('a skipped test is said, and where changes are judged it is a fault', () => {
    const root = tree(
        (folder) => fs.writeFileSync(path.join(folder, 'docs/page.md'), '<!-- output: 01.absent -->\n```\nx\n```\n'));
    const args = ['--check', '--root', root, '--tests', path.join(root, 'tests.json')];
    ends(0, /not looked at: docs\/page.md:2, because 01.absent: skipped: no erl/, args);
    ends(1, /docs\/page.md:2: this block is not looked at, because 01.absent/, args, {env: {CI: '1'}});
    fs.rmSync(root, {recursive: true});
});

test('each half of the work can be done alone', () => {
    const root = tree((folder) => fs.writeFileSync(path.join(folder, 'docs/page.md'),
                                                   '<!-- output: 01.numbers -->\n```\nx\n```\n\n[a](b.md)\n'));
    const args = ['--check', '--root', root, '--tests', path.join(root, 'tests.json'), '--only'];
    ends(1, /1 fault in 6 pages/, [...args, 'still']);
    ends(1, /docs\/page.md:2: [^]*1 fault in 6 pages/, [...args, 'outputs']);
    fs.rmSync(root, {recursive: true});
});

test('pages of others are not looked at', () => {
    const bad = '```\nno marker\n```\n';
    const root = tree((folder) => {
        for (const name
                 of ['node_modules/a', 'build/a', 'build-x', 'var', 'docs/node_modules', 'tests/text/bad/a', '.git']) {
            fs.mkdirSync(path.join(folder, name), {recursive: true});
            fs.writeFileSync(path.join(folder, name, 'page.md'), bad);
        }
        fs.mkdirSync(path.join(folder, 'docs/.hidden/build'), {recursive: true});
        fs.writeFileSync(path.join(folder, 'docs/.hidden/build/PAGE.MD'), bad);
    });
    ends(1, /^docs\/.hidden\/build\/PAGE.MD:1: [^]*\n1 fault in 6 pages/,
         ['--check', '--root', root, '--tests', path.join(root, 'tests.json')]);
    fs.rmSync(root, {recursive: true});
});

test('a page that cannot be written is a fault, and the others are mended', () => {
    const page = '<!-- output: 01.sketch.party -->\n```\n```\n';
    const long = `${'x'.repeat(250)}.md`;  // no name can be longer, so none can be put in its place
    const root = tree((folder) => ['one.md', long].forEach((name) => fs.writeFileSync(path.join(folder, name), page)));
    ends(1, /x.md:1: this page cannot be written[^]*1 fault/,
         ['--fix', '--root', root, '--tests', path.join(root, 'tests.json')]);
    assert.match(fs.readFileSync(path.join(root, 'one.md'), 'utf8'), /hello, Bob!/);
    assert.equal(fs.readFileSync(path.join(root, long), 'utf8'), page);
    assert.deepEqual(fs.readdirSync(root).filter((name) => name.endsWith('.new')), []);
    fs.rmSync(root, {recursive: true});
});

test('who is stopped leaves nothing behind', async () => {
    const root = tree((folder) => {
        fs.writeFileSync(path.join(folder, 'docs/page.md'), '<!-- output: 01.stuck -->\n```\nx\n```\n');
        fs.mkdirSync(path.join(folder, 'var'));
    });
    const TMPDIR = path.join(root, 'var');
    const args = [tool, '--fix', '--root', root, '--tests', path.join(root, 'tests.json'), 'docs/page.md'];
    const child = spawn(process.execPath, args, {env: {...process.env, TMPDIR}, stdio: 'ignore'});
    const watcher = fs.watch(TMPDIR);
    await once(watcher, 'change');
    child.kill('SIGINT');
    const [status] = await once(child, 'exit');
    watcher.close();
    assert.equal(status, 2);
    assert.deepEqual(fs.readdirSync(TMPDIR), []);
    fs.rmSync(root, {recursive: true});
});
