// One slide as HTML.
import path from 'node:path';

import {codeHtml} from './code.mjs';
import {escape} from './html.mjs';
import {draw, inlined, PictureFault} from './pictures.mjs';
import {Marked} from './reveal.mjs';

const isFragment = /<!--\s*\.element:\s*class="fragment"\s*-->/;

// What is shown, as HTML. `to` says where the page will lie, so that local links lead to the sources.
export function slideHtml(slide, {root, to, prefix = slide.id, headingLevel = 0}) {
    const blocks = [...slide.page.blocks];
    const here = path.join(root, 'slides');
    let pictures = 0;

    const renderer = {
        code({text, lang}) { return codeHtml(text, lang ?? '', blocks.shift()?.marker?.kind ?? 'code'); },
        heading({tokens, depth}) {
            const level = headingLevel || depth;
            return `<h${level} id="${prefix}-heading">${this.parser.parseInline(tokens)}</h${level}>\n`;
        },
        image({href, text}) {
            const id = `${prefix}-picture-${++pictures}`;
            try {
                return `<span class="picture">${inlined(draw(path.join(here, decodeURI(href))), id, text)}</span>`;
            } catch (fault) {
                if (!(fault instanceof PictureFault)) throw fault;
                return `<span class="missing">${escape(href)}: ${escape(fault.message)}</span>`;
            }
        },
        link({href, tokens}) {
            const there = /^([a-z][a-z0-9+.-]*:|#|\/\/)/i.test(href) ? href : path.relative(to, path.join(here, href));
            return `<a href="${escape(there)}">${this.parser.parseInline(tokens)}</a>`;
        },
        paragraph({tokens, raw}) {
            const content = this.parser.parseInline(tokens);
            // A picture by itself gets the room that is left.
            const alone = tokens.every(({type, text}) => type === 'image' || type === 'html' || !text.trim());
            return alone ? `<div class="${fragment(raw, 'frame ')}">${content}</div>\n`
                         : `<p class="${fragment(raw)}">${content}</p>\n`;
        },
        listitem(item) { return `<li class="${fragment(item.raw)}">${this.parser.parse(item.tokens)}</li>\n`; },
        html({raw, text}) { return (raw ?? text).replace(/<!--[^]*?-->/g, ''); }
    };
    return new Marked({renderer}).parse(slide.body).replace(/ class=""/g, '');
}

const fragment = (raw, names = '') => names + (isFragment.test(raw) ? 'fragment' : '');

// Notes are prompts: each begins a line with its word, and may go on in the next.
export const prompts = ['Ask', 'Demo', 'Pause', 'Say', 'Point'];

export function notesHtml(slide) {
    const prompt = `(${prompts.join('|')}):`;
    const lines = slide.notes.replace(new RegExp(`(?<!\\n)\\n(?=${prompt})`, 'g'), '\n\n');
    return new Marked().parse(lines.replace(new RegExp(`^${prompt}`, 'gm'), '**$1:**'));
}
