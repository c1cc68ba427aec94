// Pictures become part of the page. There they follow the deck's light and dark, cannot load anything, and are one thing
// with one name to those who listen.
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';

import {escape} from './html.mjs';

// The file that a picture's address in a slide means.
export function pictureFile(root, target) {
    try {
        return path.join(root, 'slides', decodeURI(target));
    } catch {
        return path.join(root, 'slides', target);
    }
}

export class PictureFault extends Error {
    constructor(what, toDo) {
        super(what);
        this.toDo = toDo;
    }
}

// The text of a picture. Throws PictureFault.
export function readPicture(file) {
    if (path.extname(file) !== '.svg') {
        throw new PictureFault('a picture on a slide is an SVG',
                               'Show the .svg. ./workbook text --fix draws it from .dot or .msc.');
    }
    if (!existsSync(file)) throw new PictureFault('there is no such picture', 'Put it there, or correct the path.');
    const svg = readFileSync(file, 'utf8');
    if (!/<svg[\s>][^]*<\/svg>/.test(svg))
        throw new PictureFault('the picture holds no <svg>', 'Save it as plain SVG.');
    const outside = refused(svg);
    if (outside) throw new PictureFault(`the picture holds ${outside}`, 'Draw it with shapes and text only.');
    return svg;
}

// What may not be in a picture, in words, or null.
function refused(svg) {
    if (/<script[\s>]/i.test(svg)) return 'a script';
    if (/<foreignObject[\s>]/i.test(svg)) return 'HTML (foreignObject)';
    if (/<!ENTITY/i.test(svg)) return 'an entity of its own';
    if (/<(?:animate\w*|set)[\s>]/i.test(svg)) return 'an animation';
    const event = /<[^>]*[\s/](on[a-z]+)\s*=/i.exec(svg);
    if (event) return `an event handler, ${event[1]}`;
    const link = /\s(?:xlink:)?(?:href|src)\s*=\s*["']\s*(?!#)([^"']*)/i.exec(svg);
    if (link) return `a reference out of it, ${link[1]}`;
    const url = /url\(\s*["']?\s*(?!["'#])([^)"']*)/i.exec(svg);
    if (url) return `a reference out of it, ${url[1]}`;
    if (/@import/i.test(svg)) return 'a style sheet from elsewhere, @import';
    // There are other ways to load something. All of them have an address, or hide it behind a backslash.
    const [far] = [...svg.matchAll(/<style[^>]*>([^]*?)<\/style>|<[a-z][^>]*>/gi)].flatMap(
        ([tag, style]) =>
            /(?:https?:|data:|\\|image(?:-set)?\().*/i.exec(style ?? tag.replace(/\sxmlns(?::\w+)?="[^"]*"/g, '')) ??
            []);
    return far ? `a reference out of it, ${far}` : null;
}

// The SVG for a page in which `id` is unique.
export function inlined(svg, id, alt) {
    const [, rootWords, inner] = /<svg([^>]*)>([^]*)<\/svg>/.exec(svg);
    const [width, height] = sizeOf(rootWords);
    const root = rootWords.replace(/\s(?:width|height|viewBox|role|id|style|aria-[a-z]+)\s*=\s*("[^"]*"|'[^']*')/g, '');
    const plain = inner.replace(/<!--[^]*?-->/g, '').replace(/<(title|desc)\b[^>]*>[^]*?<\/\1>/g, '');
    const view = /viewBox\s*=\s*["']([^"']*)/.exec(rootWords)?.[1] ?? `0 0 ${width} ${height}`;
    // mscgen's letters are the smallest, and at this size no smaller than those of a picture as wide as a slide.
    const most = `--wide: ${width}px; max-width: ${2.4 * width}px; max-height: ${2.4 * height}px`;
    return `<svg${root} id="${id}" viewBox="${view}" role="img" aria-labelledby="${id}-title" ` +
           `style="${most}">` +
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

const own = (css) => css.replace(/(^\s*|[{};]\s*)(?:svg|:root)(?=\s*\{)/g, '$1&');

function takeMedia(css, scheme, taken) {
    const begin = new RegExp(`@media\\s*\\(\\s*prefers-color-scheme\\s*:\\s*${scheme}\\s*\\)\\s*\\{`).exec(css);
    if (!begin) return css;
    let depth = 1;
    let end = begin.index + begin[0].length;
    for (; end < css.length && depth > 0; ++end) depth += css[end] === '{' ? 1 : css[end] === '}' ? -1 : 0;
    taken.push(css.slice(begin.index + begin[0].length, end - 1));
    return takeMedia(css.slice(0, begin.index) + css.slice(end), scheme, taken);
}
