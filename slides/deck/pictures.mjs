// Pictures become part of the page: an SVG as it is, a diagram (.dot, .msc) drawn from its text. In a page they take the
// deck's colours, cannot load anything, and are one thing with one name to those who listen.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';

import {escape} from './html.mjs';

export class PictureFault extends Error {
    constructor(what, toDo) {
        super(what);
        this.toDo = toDo;
    }
}

// Widths of words are measured with a wide font, so that they fit in any.
const font = ['-Nfontname=DejaVu Sans', '-Efontname=DejaVu Sans', '-Gfontname=DejaVu Sans'];
const tools = {
    '.dot': {program: 'dot', words: ['-Tsvg', '-Gbgcolor=transparent', ...font], from: 'graphviz', tidy: tidyDot},
    '.msc': {program: 'mscgen', words: ['-T', 'svg', '-o', '-', '-i', '-'], from: 'mscgen', tidy: tidyMsc}
};

const drawn = new Map();  // file: SVG

// The SVG of a picture file. Throws PictureFault.
export function draw(file) {
    if (!drawn.has(file)) drawn.set(file, drawAnew(file));
    return drawn.get(file);
}

function drawAnew(file) {
    const kind = path.extname(file);
    if (kind !== '.svg' && !tools[kind]) {
        throw new PictureFault('a picture on a slide is an .svg, a .dot or an .msc', 'Draw it as one of these.');
    }
    if (!existsSync(file)) throw new PictureFault('there is no such picture', 'Put it there, or correct the path.');
    const text = readFileSync(file, 'utf8');
    const svg = kind === '.svg' ? text : run(tools[kind], text);
    const outside = refused(svg);
    if (outside) throw new PictureFault(`the picture holds ${outside}`, 'Draw it with shapes and text only.');
    if (!/<svg[\s>]/.test(svg)) throw new PictureFault('the picture holds no <svg>', 'Save it as plain SVG.');
    return svg;
}

function run({program, words, from, tidy}, text) {
    const {stdout, stderr, status, error} = spawnSync(program, words, {input: text, encoding: 'utf8'});
    if (error?.code === 'ENOENT') {
        throw new PictureFault(`${program} is not installed, so the diagram cannot be drawn`,
                               `Install the Debian package ${from}.`);
    }
    const said = stderr.trim().split('\n')[0].replace('<stdin>', 'it');
    if (status !== 0 || said) {
        throw new PictureFault(`${program} cannot draw the diagram: ${said || `it ended with ${status}`}`,
                               'Correct the text of the diagram.');
    }
    return tidy(stdout);
}

const ink = (svg) => svg.replace(/ (stroke|fill)="(?:black|#000000)"/g, ' $1="currentColor"')
                         .replace(/ stroke="transparent"/g, ' stroke="none"')
                         .replace(/ font-family="[^"]*"/g, '');

function tidyDot(svg) { return ink(svg).replace(/ fill="(white|transparent)"/g, ' fill="none"'); }

// mscgen stretches each text to the width it has guessed. We keep the middle, and let the font be as wide as it is.
function tidyMsc(svg) {
    return ink(svg)
        .replace(/ fill="white"/g, ' class="ground"')
        .replace(/<text x="(\d+)" y="(\d+)" textLength="(\d+)"([^>]*)>\s*([^<]*?)\s*<\/text>/g,
                 (_, x, y, length, rest, words) => {
                     const middle = rest.includes('text-anchor="middle"') ? x : Number(x) + Number(length) / 2;
                     const more = rest.replace(/ text-anchor="[^"]*"/, '');
                     return `<text x="${middle}" y="${y}" text-anchor="middle"${more}>${words}</text>`;
                 });
}

// What may not be in a picture, in words, or null.
function refused(svg) {
    if (/<script[\s>]/i.test(svg)) return 'a script';
    if (/<foreignObject[\s>]/i.test(svg)) return 'HTML (foreignObject)';
    if (/<!ENTITY/i.test(svg)) return 'an entity of its own';
    const event = /<[^>]*\s(on[a-z]+)\s*=/i.exec(svg);
    if (event) return `an event handler, ${event[1]}`;
    const link = /\s(?:xlink:)?(?:href|src)\s*=\s*["']\s*(?!#)([^"']*)/i.exec(svg);
    if (link) return `a reference out of it, ${link[1]}`;
    const url = /url\(\s*["']?\s*(?!["'#])([^)"']*)/i.exec(svg);
    if (url) return `a reference out of it, ${url[1]}`;
    if (/@import/i.test(svg)) return 'a style sheet from elsewhere, @import';
    return null;
}

// The SVG for a page in which `id` is unique.
export function inlined(svg, id, alt) {
    const [, rootWords, inner] = /<svg([^>]*)>([^]*)<\/svg>/.exec(svg);
    const [width, height] = sizeOf(rootWords);
    const root = rootWords.replace(/\s(?:width|height|viewBox|role|id|style|aria-[a-z]+)\s*=\s*("[^"]*"|'[^']*')/g, '');
    const plain = inner.replace(/<!--[^]*?-->/g, '').replace(/<(title|desc)\b[^>]*>[^]*?<\/\1>/g, '');
    const view = /viewBox\s*=\s*["']([^"']*)/.exec(rootWords)?.[1] ?? `0 0 ${width} ${height}`;
    return `<svg${root} id="${id}" viewBox="${view}" role="img" aria-labelledby="${id}-title" ` +
           `style="max-width: ${2 * width}px; max-height: ${2 * height}px">` +
           `<title id="${id}-title">${escape(alt)}</title><g aria-hidden="true">${
               scoped(unique(plain, id), id).trim()}</g></svg>`;
}

function sizeOf(root) {
    const view = /viewBox\s*=\s*["']\s*([-\d.]+)[\s,]+([-\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(root);
    if (view) return [Number(view[3]), Number(view[4])];
    const side = (name) => parseFloat(new RegExp(`\\s${name}\\s*=\\s*["']([\\d.]+)`).exec(root)?.[1] ?? 100);
    return [side('width'), side('height')];
}

function unique(svg, prefix) {
    const ids = new Set([...svg.matchAll(/\sid\s*=\s*["']([^"']+)["']/g)].map(([, id]) => id));
    return svg.replace(/(\sid\s*=\s*["'])([^"']+)/g, `$1${prefix}-$2`)
        .replace(/(url\(\s*["']?#|href\s*=\s*["']#)([^"')\s]+)/g, `$1${prefix}-$2`)
        .replace(/<style[^>]*>[^]*?<\/style>/g,
                 (style) => style.replace(/#([\w-]+)/g, (all, id) => (ids.has(id) ? `#${prefix}-${id}` : all)));
}

// A picture's style counts for that picture only, and follows the deck's light and dark, which a reader can switch.
function scoped(svg, id) {
    return svg.replace(/<style[^>]*>([^]*?)<\/style>/g, (_, css) => {
        const dark = [];
        const light = [];
        const rest = takeMedia(takeMedia(css.replace(/<!\[CDATA\[|\]\]>/g, ''), 'dark', dark), 'light', light);
        const rule = (where, text) => (text.trim() ? `${where} {${own(text)}}` : '');
        return `<style>${rule(`#${id}`, rest)}${rule(`:root[data-scheme="light"] #${id}`, light.join(''))}${
            rule(`:root[data-scheme="dark"] #${id}`, dark.join(''))}</style>`;
    });
}

const own = (css) => css.replace(/(^|[{};]\s*)(?:svg|:root)(?=\s*\{)/g, '$1&');

function takeMedia(css, scheme, taken) {
    const begin = new RegExp(`@media\\s*\\(\\s*prefers-color-scheme\\s*:\\s*${scheme}\\s*\\)\\s*\\{`).exec(css);
    if (!begin) return css;
    let depth = 1;
    let end = begin.index + begin[0].length;
    for (; end < css.length && depth > 0; ++end) depth += css[end] === '{' ? 1 : css[end] === '}' ? -1 : 0;
    taken.push(css.slice(begin.index + begin[0].length, end - 1));
    return takeMedia(css.slice(0, begin.index) + css.slice(end), scheme, taken);
}
