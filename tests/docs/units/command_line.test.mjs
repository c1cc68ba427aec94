// How the builder is called.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const builder = fileURLToPath(new URL('../../../docs/doxygen/build.mjs', import.meta.url));

test('a folder that holds something else is left alone', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'half-docs-'));
    writeFileSync(path.join(folder, 'letter.txt'), 'dear reader');
    const {status, stderr} = spawnSync(process.execPath, [builder, '--out', folder], {encoding: 'utf8'});
    assert.match(stderr, /holds something else than docs: give another folder/);
    assert.equal(status, 2);
    assert.equal(readFileSync(path.join(folder, 'letter.txt'), 'utf8'), 'dear reader');
    rmSync(folder, {recursive: true});
});
