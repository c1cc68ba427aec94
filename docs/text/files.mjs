// Which pages there are, and what is in a file.
import fs from 'node:fs';
import path from 'node:path';

// Not ours, or made by programs. Trees that tests look at are wrong on purpose, or have a root of their own.
const passedOver =
    [/^(?:build(?:[-_.][^/]*)?|var)$/, /(?:^|\/)(?:node_modules|\.git)$/, /^tests\/[^/]+\/(?:good|bad|mends)$/];

export const isPassedOver = (folder) => passedOver.some((pattern) => pattern.test(folder));
export const isPage = (name) => /\.(?:md|markdown)$/i.test(name);

// All pages at or below `start` (both relative to the root), in order of name.
export function pagesBelow(root, start = '') {
    const found = [];
    for (const entry of fs.readdirSync(path.join(root, start), {withFileTypes: true})) {
        const name = path.posix.join(start, entry.name);
        if (entry.isDirectory() && !isPassedOver(name)) found.push(...pagesBelow(root, name));
        if (entry.isFile() && isPage(name)) found.push(name);
    }
    return found.sort();
}

// {text}, or {fault, toDo}: a page is UTF-8 with plain line ends.
export function readText(file) {
    let bytes;
    try {
        bytes = fs.readFileSync(file);
    } catch (error) {
        return {fault: `cannot be read (${error.code})`, toDo: 'let it be read'};
    }
    let text;
    try {
        text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
    } catch {
        return {fault: 'is not UTF-8', toDo: 'save it as UTF-8'};
    }
    const lineOf = (at) => text.slice(0, at).split('\n').length;
    if (text.startsWith('\ufeff'))
        return {fault: 'begins with a byte order mark', toDo: 'save it as UTF-8 without one'};
    if (text.includes('\r')) {
        return {
            fault: 'has line ends of another system (CR)',
            line: lineOf(text.indexOf('\r')),
            toDo: 'save it with LF'
        };
    }
    if (text.includes('\0')) return {fault: 'holds a zero byte', line: lineOf(text.indexOf('\0')), toDo: 'remove it'};
    return {text};
}

// The path that `target`, written in `page`, means, relative to the root; null when it leaves the root.
export function inside(page, target) {
    const found = path.posix.relative('.', path.posix.join(path.posix.dirname(page), target));
    return found === '..' || found.startsWith('../') || path.posix.isAbsolute(target) ? null : found;
}

// Is it there, spelled like this? Also on a disk that does not care for capitals.
export function existsAsSpelled(root, name) {
    let folder = root;
    for (const part of name.split('/').filter(Boolean)) {
        if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory() || !fs.readdirSync(folder).includes(part)) {
            return false;
        }
        folder = path.join(folder, part);
    }
    return fs.existsSync(folder);
}

// All of it or nothing: a program that is stopped while it writes leaves the old file.
export function replaceFile(file, text) {
    const next = `${file}.${process.pid}.new`;
    fs.writeFileSync(next, text, {mode: fs.statSync(file).mode, flag: 'wx'});
    fs.renameSync(next, file);
}
