// Diagrams drawn from text: docs/diagrams/call.svg is what graphviz or mscgen makes of call.dot or call.msc, in the colours
// of our pictures, light and dark. The SVG is kept beside its text and says by a hash which text that was.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';

export class DiagramFault extends Error {
    constructor(what, toDo) {
        super(what);
        this.toDo = toDo;
    }
}

// Widths of words are measured in a wide font, so that they fit in whatever font a reader has.
const font = ['-Nfontname=DejaVu Sans', '-Efontname=DejaVu Sans', '-Gfontname=DejaVu Sans'];
const tools = {
    '.dot': {program: 'dot', words: ['-Tsvg', '-Gbgcolor=transparent', ...font], from: 'graphviz', tidy: tidyDot},
    '.msc': {program: 'mscgen', words: ['-T', 'svg', '-o', '-', '-i', '-'], from: 'mscgen', tidy: tidyMsc}
};

export const diagramKinds = Object.keys(tools);

const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const stampOf = (file, text) => `<!-- drawn from ${path.basename(file)}, ${hashOf(text)} -->`;

// Whether this SVG was drawn from the text that is in the file now.
export const isDrawnFrom = (svg, file) => svg.startsWith(stampOf(file, readFileSync(file, 'utf8')));

// The SVG of a .dot or .msc file. Throws DiagramFault.
export function drawDiagram(file) {
    const {program, words, from, tidy} = tools[path.extname(file)];
    const text = readFileSync(file, 'utf8');
    const {stdout, stderr, status, error} = spawnSync(program, words, {input: text, encoding: 'utf8'});
    if (error?.code === 'ENOENT') {
        throw new DiagramFault(`${program} is not installed, so the diagram cannot be drawn`,
                               `Install the Debian package ${from}.`);
    }
    if (error) throw error;
    const said = stderr.trim().split('\n')[0];
    if (status !== 0 || said) {
        throw new DiagramFault(`${program} cannot draw it: ${said || `it ended with ${status}`}`,
                               'Correct the diagram.');
    }
    return `${stampOf(file, text)}\n${tidy(stdout)}`;
}

// What both programs write, without their colours, fonts and names, and with ours.
function ours(svg) {
    const [, root, inner] = /<svg([^>]*)>([^]*)<\/svg>/.exec(svg);
    const view = /viewBox="([^"]*)"/.exec(root)[1];
    const [, , width, height] = view.split(' ').map(Number);
    const plain = inner.replace(/<!--[^]*?-->/g, '')
                      .replace(/<title>[^]*?<\/title>/g, '')
                      .replace(/ font-family="[^"]*"/g, '')
                      .replace(/ (?:id|xlink:title)="[^"]*"/g, '')
                      .replace(/ (stroke|fill)="(?:black|#000000)"/g, ' $1="currentColor"')
                      .replace(/ (stroke|fill)="transparent"/g, ' $1="none"')
                      .replace(/\n\s*\n+/g, '\n');
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}" width="${width}" height="${height}" role="img">
<style>
${style}</style>${plain}</svg>
`;
}

const style = `  svg { color: #1f2933; stroke-width: 1.4 }
  text { font-family: system-ui, "DejaVu Sans", sans-serif; fill: currentColor }
  .ground { fill: #ffffff }
  .box { fill: #f5f7fa }
  :is(.node, .cluster).mail > :not(text) { fill: #dbeafe; stroke: #2563eb }
  :is(.node, .cluster).signal > :not(text) { fill: #fef3c7; stroke: #b45309 }
  :is(.node, .cluster).state > :not(text) { fill: #dcfce7; stroke: #15803d }
  :is(.node, .cluster).gone > :not(text) { fill: #fee2e2; stroke: #b91c1c }
  @media (prefers-color-scheme: dark) {
    svg { color: #e4e7eb }
    .ground { fill: #0d1117 }
    .box { fill: #1f2933 }
    :is(.node, .cluster).mail > :not(text) { fill: #1e3a5f; stroke: #60a5fa }
    :is(.node, .cluster).signal > :not(text) { fill: #4a3510; stroke: #fbbf24 }
    :is(.node, .cluster).state > :not(text) { fill: #14432a; stroke: #4ade80 }
    :is(.node, .cluster).gone > :not(text) { fill: #5a1d1d; stroke: #f87171 }
  }
`;

function tidyDot(svg) { return ours(svg.replace(/ fill="white"/g, ' fill="none"')); }

// mscgen stretches each text to the width it has guessed. We keep the middle, and let the font be as wide as it is.
function tidyMsc(svg) {
    return ours(svg)
        .replace(/<polygon fill="white"([^>]*)>(?=\s*<text)/g, '<polygon class="ground"$1>')
        .replace(/<polygon fill="white"/g, '<polygon class="box"')
        .replace(/(class="box"[^>]*>(?:\s*<line[^>]*>){4})\s*<polygon class="ground"[^>]*>/g, '$1')
        // A label stands on its arrow; here, a little above. What stands between upright lines, for time that passes, stays.
        .replace(
            /(<line x1="(\d+)" y1="\d+" x2="\2"[^>]*>\s*)?(<polygon class="ground"[^>]*>\s*<text x="\d+" y=")(\d+)/g,
            (_, upright, x, before, y) => (upright ?? '') + before + (upright ? y : y - 3))
        .replace(/<text x="(\d+)" y="(\d+)" textLength="(\d+)"([^>]*)>\s*([^<]*?)\s*<\/text>/g,
                 (_, x, y, length, rest, words) => {
                     const middle = rest.includes('text-anchor="middle"') ? x : Number(x) + Number(length) / 2;
                     const more = rest.replace(/ (?:text-anchor|fill)="[^"]*"/g, '');
                     return `<text x="${middle}" y="${y}" text-anchor="middle"${more}>${words}</text>`;
                 });
}
