// Each tree bad/NAME is what is different from good/: it has one fault, and must bring the one complaint whose pattern is
// in its expected.txt.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

import {look} from '../../../docs/text/look.mjs';

delete process.env.CI;
const here = fileURLToPath(new URL('..', import.meta.url));

for (const name of fs.readdirSync(path.join(here, 'bad'))) {
    test(name, async () => {
        const fault = path.join(here, 'bad', name);
        const root = fs.mkdtempSync(path.join(os.tmpdir(), 'half-text-test-'));
        fs.cpSync(path.join(here, 'good'), root, {recursive: true});
        fs.cpSync(fault, root, {recursive: true});
        const expected = fs.readFileSync(path.join(fault, 'expected.txt'), 'utf8').trimEnd();
        // Only what is different is looked at again; without a page of its own, the fault is seen from all of them.
        const pages =
            ['docs/page.md', 'chapters/01_first/README.md'].filter((page) => fs.existsSync(path.join(fault, page)));

        let said = '';
        const args = ['--check', '--root', root, '--tests', path.join(root, 'tests.json')];
        const status =
            await look([...args, ...pages.map((page) => path.join(root, page))], (text) => { said += text; });
        fs.rmSync(root, {recursive: true});
        assert.equal(status, 1, said);
        assert.match(said, new RegExp(expected, 's'));
        assert.match(said, /\n1 fault in/);
    });
}
