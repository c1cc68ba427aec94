// Looks at built docs:   node tests/docs/look.mjs links|symbols|lessons|browser ROOT BUILT
import {Complaints} from '../../docs/text/complaints.mjs';

import {browser} from './browser.mjs';
import {lessons} from './lessons.mjs';
import {links} from './links.mjs';
import {symbols} from './symbols.mjs';

const [name, root, built] = process.argv.slice(2);
const complaints = new Complaints();
complaints.report(await{links, symbols, lessons, browser}[name](root, built, complaints));
if (complaints.count > 0) process.exitCode = 1;
