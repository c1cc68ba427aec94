// Each check must see what it is for. The docs of a small tree are built, and one thing after another is broken in them:
//   node tests/docs/broken.mjs BUILDER ROOT BUILT
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {Complaints} from '../../docs/text/complaints.mjs';

import {lessons} from './lessons.mjs';
import {links} from './links.mjs';
import {symbols} from './symbols.mjs';

const [builder, root, built] = process.argv.slice(2);
execFileSync(process.execPath, [builder, '--root', root, '--out', built], {stdio: 'inherit'});

const xmlOf = (words) => `xml/${readdirSync(path.join(built, 'xml')).find((name) => name.includes(words))}`;
const withoutChapter = /<xrefsect [^]*?<\/xrefsect>/g;
const faults = [
    // check, file, what is there, what is there instead, what the check must say
    [links, 'html/docs_about.html', 'lesson_01_first.html#try-it', 'nowhere.html', /nowhere\.html is not there/],
    [links, 'html/docs_about.html', 'lesson_01_first.html#try-it', 'lesson_01_first.html#no', /has no anchor #no/],
    [links, 'html/docs_about.html', 'docs/wall.svg', 'https://example.org/wall.svg', /loads .* from elsewhere/],
    [links, 'html/index.html', 'src="jquery.js"', 'src="//example.org/jquery.js"', /loads .* from elsewhere/],
    [links, 'html/half.css', 'html {', 'html { background: url(nowhere.png);', /nowhere\.png is not there/],
    [links, 'html/navtreedata.js', 'docs_about.html', 'docs_nowhere.html', /docs_nowhere\.html is not there/],
    [
        links, 'html/docs_about.html', 'id="the-walls"', 'id="the-walls"></a><a id="the-walls"',
        /the-walls is there twice/
    ],
    [symbols, xmlOf('structhalf_1_1counter'), withoutChapter, '', /does not lead to chapter 01/],
    [symbols, xmlOf('namespacehalf'), withoutChapter, '', /does not lead to chapter 01/],
    [
        symbols, xmlOf('namespacehalf'), /(<enumvalue [^]*?)<xrefsect [^]*?<\/xrefsect>/, '$1',
        /value half::way::up does not lead/
    ],
    [symbols, xmlOf('first_8hpp'), withoutChapter, '', /does not lead to chapter 01/],
    [symbols, xmlOf('namespacehalf'), 'filename="01_first/demo.cpp"', 'filename=".cpp"', /shows an example/],
    [lessons, 'html/navtreedata.js', /(.*lesson_01.*\n)(.*lesson_02.*\n)/, '$2$1', /the lessons are lesson_02/],
    [lessons, 'html/index.html', /<a [^>]*lesson_02[^]*?<\/a>/, '', /the lessons are lesson_01_first\.html;/],
];

const said = (check) => {
    const complaints = new Complaints();
    check(root, built, complaints);
    return complaints.all.map(({what}) => what);
};
let unseen = 0;
const expect = (isSo, words) => {
    if (!isSo) ++unseen, console.log(`not so: ${words}`);
};

for (const check of [links, symbols, lessons])
    expect(said(check).length === 0, `${check.name} has no complaint: ${said(check)}`);
for (const [check, name, there, instead, expected] of faults) {
    const file = path.join(built, name);
    const whole = readFileSync(file, 'utf8');
    const broken = whole.replace(there, instead);
    expect(broken !== whole, `${name} has ${there}`);
    writeFileSync(file, broken);
    expect(said(check).some((what) => expected.test(what)),
           `${check.name} sees ${name} with ${instead}: ${said(check)}`);
    writeFileSync(file, whole);
}
console.log(`${faults.length} faults, ${unseen} not seen`);
if (unseen > 0) process.exitCode = 1;
