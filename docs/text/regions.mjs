// Regions of source files: what lies between two lines `//! [name]`, `#! [name]`, `--! [name]`, `%! [name]`,
// `/*! [name] */` or `<!--! [name] -->`, whichever is a comment in the file.
import fs from 'node:fs';
import path from 'node:path';

import {didYouMean} from './complaints.mjs';
import {isPage, readText} from './files.mjs';
import {languageOf} from './languages.mjs';

const marker = /^\s*(?:(?:\/\/|#|--|%)!\s*\[([^\]]*)\]|\/\*!\s*\[([^\]]*)\]\s*\*\/|<!--!\s*\[([^\]]*)\]\s*-->)\s*$/;

// How a line begins a region in a file with this language.
const inLanguage = {
    bash: (mark) => `#! ${mark}`,
    cmake: (mark) => `#! ${mark}`,
    yaml: (mark) => `#! ${mark}`,
    sql: (mark) => `--! ${mark}`,
    erlang: (mark) => `%! ${mark}`,
    css: (mark) => `/*! ${mark} */`,
    html: (mark) => `<!--! ${mark} -->`,
    xml: (mark) => `<!--! ${mark} -->`
};
const markIn = (file, name) => (inLanguage[languageOf(file)] ?? ((mark) => `//! ${mark}`))(`[${name}]`);

// {lines, first, last (lines of the file)}, or {fault, toDo}. The file is relative to the root; without a name, it is
// all of it.
export function readRegion(root, file, name) {
    const full = path.join(root, file);
    if (!fs.existsSync(full)) {
        const folder = path.dirname(full);
        const near = fs.existsSync(folder) && fs.statSync(folder).isDirectory() ? fs.readdirSync(folder) : [];
        const guess = didYouMean(path.basename(file), near);
        return {fault: `there is no file ${file}`, toDo: guess || 'mend the path; it is relative to the page'};
    }
    if (!fs.statSync(full).isFile()) return {fault: `${file} is no file`, toDo: 'name a file'};
    if (!fs.realpathSync(full).startsWith(fs.realpathSync(root) + path.sep)) {
        return {fault: `${file} is a link out of this repository`, toDo: 'name a file of it'};
    }
    const {text, fault, toDo} = readText(full);
    if (fault) return {fault: `${file} ${fault}`, toDo};
    return regionOf(text.split('\n'), file, name);
}

function nameIn(line) {
    const found = marker.exec(line);
    return found?.[1] ?? found?.[2] ?? found?.[3];
}

function regionOf(all, file, name) {
    const bare = isPage(file) ? [] : all.map((line, i) => [nameIn(line), i]).filter(([found]) => found !== undefined);
    const isMarker = new Set(bare.map(([, i]) => i));
    let [from, to] = [0, all.length];
    if (name !== undefined) {
        const places = bare.filter(([found]) => found === name).map(([, i]) => i);
        const at = places.map((i) => i + 1).join(', ');
        if (places.length === 0) {
            const names = [...new Set(bare.map(([found]) => found))].sort();
            return {
                fault: `${file} has no region [${name}]`,
                toDo: names.length === 0 ? `there is none; put lines ${markIn(file, name)} around what you mean`
                                         : `${didYouMean(name, names)} It has: ${names.join(', ')}`.trim()
            };
        }
        if (places.length === 1) {
            return {
                fault: `region [${name}] begins in ${file}:${at} and does not end`,
                toDo: 'put its line behind it again'
            };
        }
        if (places.length > 2) {
            return {
                fault: `region [${name}] stands ${places.length} times in ${file}: lines ${at}`,
                toDo: 'give each region a name of its own'
            };
        }
        if (places[0] === 0) {
            return {
                fault: `region [${name}] begins on line 1 of ${file}`,
                toDo: 'put a line above it that says what the file is'
            };
        }
        [from, to] = [places[0] + 1, places[1]];
    }
    while (from < to && (isMarker.has(from) || !all[from].trim())) ++from;
    const lines = dedented(all.slice(from, to).filter((_, i) => !isMarker.has(from + i)));
    if (lines.length === 0) {
        return {
            fault: name === undefined ? `${file} is empty` : `region [${name}] in ${file} is empty`,
            toDo: 'put its code between its two lines, or remove this block'
        };
    }
    return {lines, first: from + 1, last: to};
}

function dedented(lines) {
    const full = lines.filter((line) => line.trim());
    let common = full[0]?.match(/^[ \t]*/)[0] ?? '';
    for (const line of full) {
        while (!line.startsWith(common)) common = common.slice(0, -1);
    }
    const moved = lines.map((line) => (line.trim() ? line.slice(common.length) : ''));
    while (moved.length > 0 && !moved.at(-1)) moved.pop();
    return moved;
}
