// A block of code as HTML: one copy of it, a span for each line, and for each step after the first a fragment that says
// which lines are meant. deck.js lights them.
import {escape} from './html.mjs';
import {hljs} from './reveal.mjs';

// `cpp [1|2-3,7]`: {lang: 'cpp', steps: [[1], [2, 3, 7]]}
export function readInfo(info) {
    const [, lang, steps] = /^([^\s[{]*)\s*(?:\[([\d\s,|-]*)\])?/.exec(info);
    return {lang, steps: steps === undefined ? [] : steps.split('|').map(linesOf)};
}

function linesOf(step) {
    return step.split(',').filter((part) => part.trim()).flatMap((part) => {
        const [from, to = from] = part.split('-').map(Number);
        return Array.from({length: Math.max(0, to - from + 1)}, (_, i) => from + i);
    });
}

// HTML of the highlighter, line by line: a span that goes over the end of a line is closed there and opened again.
function linesOfHtml(html) {
    const open = [];
    return html.split('\n').map((line) => {
        const begin = open.join('');
        for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
            if (tag === '</span>') open.pop();
            else open.push(tag);
        }
        return begin + line + '</span>'.repeat(open.length);
    });
}

export function codeHtml(body, info, kind) {
    const {lang, steps} = readInfo(info);
    const known = kind !== 'output' && lang && hljs.getLanguage(lang);
    const html = known ? hljs.highlight(body, {language: lang, ignoreIllegals: true}).value : escape(body);
    const lines = linesOfHtml(html).map((line, i) => {
        const at = steps.flatMap((step, k) => (step.includes(i + 1) ? [k] : []));
        return `<span class="line"${at.length ? ` data-steps="${at.join(' ')}"` : ''}>${line}</span>`;
    });
    const stepped = steps.length > 0 ? ' stepped' : '';
    const fragments = steps.slice(1).map((step) => `<span class="fragment step">${escape(inWords(step))}</span>`);
    return `<pre class="code ${kind}${stepped}"><code>${lines.join('\n')}</code></pre>${fragments.join('')}\n`;
}

function inWords(lines) {
    if (lines.length === 0) return 'All lines.';
    return lines.length === 1 ? `Line ${lines[0]}.` : `Lines ${lines[0]} to ${lines.at(-1)}.`;
}
