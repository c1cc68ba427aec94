// node tests/browser/local.mjs DIR...: built pages load nothing from elsewhere. Reads their HTML, CSS, scripts and SVG for
// whatever a browser fetches by itself; links that a reader follows may lead anywhere.
import {readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {Complaints} from '../../docs/text/complaints.mjs';

const elsewhere = '(?:https?:|wss?:|ftp:)?//[\\w.-]+';
const quote = '["\'`]';

// In a tag, these attributes make a browser load something. In <a> and <area>, href does not.
const tags = new RegExp(
    `<(?!a[\\s>]|area[\\s>])[a-z][\\w-]*(?=\\s)[^>]*?\\s(?:src|href|xlink:href|data|poster|action|background|srcset|imagesrcset|manifest)\\s*=\\s*(?:["']\\s*)?(?:[^"'>]*\\s)?(${
        elsewhere})`,
    'gi');
const refresh = new RegExp(`<meta[^>]*http-equiv\\s*=\\s*["']?refresh[^>]*(${elsewhere})`, 'gi');
const style = new RegExp(`(?:url\\(\\s*["']?|@import\\s+(?:url\\(\\s*)?["']?)(${elsewhere})`, 'gi');
const script = new RegExp(
    `(?:\\b(?:fetch|import|importScripts|Worker|SharedWorker|WebSocket|EventSource|sendBeacon)\\s*\\(\\s*|\\bfrom\\s*|(?<!@)\\bimport\\s*|\\.open\\(\\s*${
        quote}[A-Z]+${quote}\\s*,\\s*|\\.(?:src|href)\\s*=\\s*)${quote}(${elsewhere})`,
    'g');

const rules = {
    '.html': [tags, refresh, style, script],
    '.svg': [tags, style, script],
    '.css': [style],
    '.js': [script],
    '.mjs': [script]
};

function* filesIn(folder) {
    for (const entry of readdirSync(folder, {withFileTypes: true})) {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) yield* filesIn(file);
        else if (rules[path.extname(file)]) yield file;
    }
}

// The page with nothing left but its scripts, each at its place.
function scriptsOf(page) {
    let text = '';
    for (const {0: whole, 1: begin, index} of page.matchAll(/(<script[^>]*>)[^]*?<\/script>/gi)) {
        const from = index + begin.length;
        text += page.slice(text.length, from).replace(/[^\n]/g, ' ') + page.slice(from, index + whole.length);
    }
    return text;
}

// Complains of each place in the pages under `folder` that loads something from elsewhere. Returns how many files it read.
export function checkLocal(folder, complaints) {
    let count = 0;
    for (const file of statSync(folder).isDirectory() ? filesIn(folder) : [folder]) {
        const text = readFileSync(file, 'utf8');
        ++count;
        for (const rule of rules[path.extname(file)]) {
            const where = rule === script && /\.(html|svg)$/.test(file) ? scriptsOf(text) : text;
            for (const match of where.matchAll(rule)) {
                const line = text.slice(0, match.index + match[0].length).split('\n').length;
                const what = `the page loads ${match[1]} from elsewhere`;
                complaints.add({file, line, what, toDo: 'Put what it needs beside the page.'});
            }
        }
    }
    return count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const complaints = new Complaints();
    const count = process.argv.slice(2).reduce((sum, folder) => sum + checkLocal(folder, complaints), 0);
    complaints.report(`${count} files`);
    // No files is no pages: whoever asks has named the wrong folder.
    process.exitCode = complaints.count > 0 ? 1 : count === 0 ? 2 : 0;
}
