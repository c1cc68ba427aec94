// Does every public symbol lead to the chapter that introduced it, and does every public header show an example?
// Looks at Doxygen's XML, which says what there is, apart from how a page looks.
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

import {chaptersOf} from '../../docs/doxygen/house.mjs';

const decode = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
const nameIn = (text) => decode(/<(?:compoundname|name)>([^]*?)<\//.exec(text)[1]);
const locationIn = (text) =>
    /<location file="([^"]*)"(?: line="(\d+)")?/.exec(text.slice(text.lastIndexOf('<location')));
const compounds = new Set(['class', 'struct', 'union', 'concept', 'file', 'namespace']);

// {name, kind, text (its own XML, without members), file, line} of what a compound's file says.
function symbolsIn(xml) {
    const [, kind] = /<compounddef [^>]*kind="(\w+)"/.exec(xml) ?? [];
    if (!compounds.has(kind) || /<compounddef [^>]*prot="private"/.test(xml)) return [];
    const scope = nameIn(xml);
    const members = [...xml.matchAll(/<memberdef kind="(\w+)"[^>]*prot="(\w+)"[^]*?<\/memberdef>/g)]
                        .filter(([, , protection]) => protection !== 'private')
                        .map(([text, what]) => ({kind: what, name: `${scope}::${nameIn(text)}`, text}));
    // Of a value without a comment Doxygen says nothing, and links to it lead nowhere.
    const values = members.flatMap(
        ({name, text}) => [...text.matchAll(/<enumvalue [^]*?<\/enumvalue>/g)].map(
            ([value]) => ({kind: 'value', name: `${name}::${nameIn(value)}`, text: value, place: locationIn(text)})));
    const own = {kind, name: scope, text: xml.replace(/<memberdef [^]*?<\/memberdef>/g, '')};
    return [own, ...(kind === 'file' ? [] : [...members, ...values])].map((symbol) => {
        const [, file = '', line = '1'] = symbol.place ?? locationIn(symbol.text) ?? [];
        return {...symbol, file, line: Number(line)};
    });
}

export function symbols(root, built, complaints) {
    const folder = path.join(built, 'xml');
    const all = readdirSync(folder)
                    .filter((name) => name.endsWith('.xml'))
                    .flatMap((name) => symbolsIn(readFileSync(path.join(folder, name), 'utf8')));
    const shown = new Set();  // headers with an example
    let counted = 0;
    const publicHeaders = chaptersOf(root).flatMap(({headers, number}) => headers.map((file) => ({file, number})));
    const chapterOf = new Map(publicHeaders.map(({file, number}) => [file.slice('chapters/'.length), number]));

    for (const {kind, name, text, file, line} of all) {
        const header = file.replace(/^.*?chapters\//, '');
        const chapter = chapterOf.get(header);
        if (!chapter || name === 'half') continue;  // every chapter adds to half
        const where = {file: `chapters/${header}`, line};
        if (/<programlisting filename="[^."]/.test(text)) shown.add(header);
        ++counted;
        if (/\bdetail\b/.test(name))
            complaints.add({...where, what: `${name} is shown, and is a detail`, toDo: 'look at EXCLUDE_SYMBOLS'});
        if (!text.includes(`<xrefsect id="introduced_${chapter}_1`) || !text.includes(`<ref refid="lesson_${chapter}_`))
            complaints.add({
                ...where,
                what: `the page of ${kind} ${name} does not lead to chapter ${chapter}`,
                toDo:
                    'say what it is for in a /// comment; docs/doxygen/header.mjs adds the link to those that it knows'
            });
    }
    for (const {file} of publicHeaders) {
        const text = readFileSync(path.join(root, file), 'utf8');
        const saysSomething = /^\s*\/\/\//m.test(text);  // else it only includes others, and has nothing to show in use
        if (saysSomething && !shown.has(file.slice('chapters/'.length)))
            complaints.add({
                file,
                what: 'none of its symbols shows an example',
                toDo: 'name a region of the demo or of a test: /// @snippet 01_name/demo.cpp region'
            });
    }
    if (counted < publicHeaders.length)
        complaints.add({
            file: 'docs',
            what: `only ${counted} symbols in ${publicHeaders.length} headers`,
            toDo: 'look at the XML'
        });
    return `${counted} symbols of ${publicHeaders.length} headers`;
}
