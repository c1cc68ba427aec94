// What local.mjs must refuse, and what it must let pass: a page for each line of faults.txt and fine.txt.
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {test} from 'node:test';

import {Complaints} from '../../docs/text/complaints.mjs';

import {checkLocal} from './local.mjs';

for (const [list, wanted] of [['faults', 1], ['fine', 0]]) {
    const lines = readFileSync(new URL(`local/${list}.txt`, import.meta.url), 'utf8').split('\n');
    for (const line of lines.filter((text) => text && !text.startsWith('#'))) {
        test(`${list}: ${line}`, () => {
            const folder = mkdtempSync(path.join(tmpdir(), 'local-'));
            const [, kind, text] = /^(\w+)\s+(.*)$/.exec(line);
            writeFileSync(path.join(folder, `page.${kind}`), `\n${text}\n`);
            const complaints = new Complaints();
            checkLocal(folder, complaints);
            rmSync(folder, {recursive: true});
            assert.deepEqual(complaints.all.map((complaint) => complaint.line), wanted ? [2] : []);
        });
    }
}
