// node tests/slides/built.mjs OUT: builds this repository's decks for the tests that look at them, printed if that can be.
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';

import {findChromium} from '../../slides/deck/chromium.mjs';

const builder = fileURLToPath(new URL('../../slides/deck/build.mjs', import.meta.url));
const words = [builder, '--out', process.argv[2], ...(findChromium() ? ['--pdf'] : [])];
process.exitCode = spawnSync(process.execPath, words, {stdio: 'inherit'}).status;
