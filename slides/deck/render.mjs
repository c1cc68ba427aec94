// One slide as HTML.
import path from 'node:path';

import {readInfo} from './code.mjs';
import {prompts, tagsAllowed} from './deck.mjs';
import {codeHtml} from './highlight.mjs';
import {escape} from './html.mjs';
import {inlined, PictureFault, pictureFile, readPicture} from './pictures.mjs';
import {Marked} from './reveal.mjs';

// What looks like HTML is shown as text.
function html({raw, text}) {
    const bare = new RegExp(`&lt;(/?(?:${tagsAllowed.join('|')}))&gt;`, 'gi');
    return escape((raw ?? text).replace(/<!--[^]*?-->/g, '')).replace(bare, '<$1>');
}

const isFragment = /<!--\s*\.element:\s*class="fragment"\s*-->/;

// What is shown, as HTML. `to` says where the page will lie, so that local links lead to the sources.
export function slideHtml(slide, {root, to, prefix, joined = false, headingLevel = 0}) {
    const blocks = [...slide.page.blocks];
    let stepped = 0;
    const here = path.join(root, 'slides');
    let pictures = 0;

    const renderer = {
        code({text, lang}) {
            const {steps, ...info} = readInfo(lang ?? '');
            if (steps.length > 0) ++stepped;
            return codeHtml(text, {...info, steps, kind: blocks.shift()?.marker?.kind ?? 'code', first: stepped < 2});
        },
        heading({tokens, depth}) {
            const level = headingLevel || depth;
            return `<h${level} id="${prefix}-heading">${this.parser.parseInline(tokens)}</h${level}>\n`;
        },
        image({href, text}) {
            const id = `picture-${prefix}-${++pictures}`;
            try {
                return `<span class="picture">${inlined(readPicture(pictureFile(root, href)), id, text)}</span>`;
            } catch (fault) {
                if (!(fault instanceof PictureFault)) throw fault;
                return `<span class="missing">${escape(href)}: ${escape(fault.message)}</span>`;
            }
        },
        link({href, tokens}) {
            const slideId = /^#\/?(.+)/.exec(href);
            const there = slideId ? `#/${joined ? `${slide.deck.number}-` : ''}${slideId[1]}`
                          : /^([a-z][a-z0-9+.-]*:)/i.test(href) ? href
                                                                : path.relative(to, path.join(here, href));
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
        html
    };
    return new Marked({renderer}).parse(slide.body).replace(/ class=""/g, '');
}

const fragment = (raw, names = '') => names + (isFragment.test(raw) ? 'fragment' : '');

export const notesHtml = (slide) =>
    new Marked({
        renderer: {html}
    }).parse(slide.notes.replace(new RegExp(`^( *[-*] +)(${prompts.join('|')}):`, 'gm'), '$1**$2:**'));
