// A block of code as HTML: one copy of it, with a span for each line, and for each step a fragment that says which lines are
// meant. deck.js lights them. The first step is there without a key; that of a second block on the slide is not.
import {escape} from './html.mjs';
import {hljs} from './reveal.mjs';

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

export function codeHtml(text, {lang, steps, kind, first}) {
    const known = kind !== 'output' && lang && hljs.getLanguage(lang);
    const html = known ? hljs.highlight(text, {language: lang, ignoreIllegals: true}).value : escape(text);
    const lines = linesOfHtml(html).map((line, i) => {
        const at = steps.flatMap((step, k) => (step.includes(i + 1) ? [k] : []));
        return `<span class="line"${at.length ? ` data-steps="${at.join(' ')}"` : ''}>${line}</span>`;
    });
    const stepped = steps.length > 0 ? ' stepped' : '';
    const fragments = steps.map((step, k) => `<span class="fragment step" data-step="${k}">${inWords(step)}</span>`);
    return `<pre class="code ${kind}${stepped}"><code>${lines.join('\n')}</code></pre>${
        fragments.slice(first ? 1 : 0).join('')}\n`;
}

function inWords(lines) {
    if (lines.length === 0) return 'All lines.';
    return lines.length === 1 ? `Line ${lines[0]}.` : `Lines ${lines[0]} to ${lines.at(-1)}.`;
}
