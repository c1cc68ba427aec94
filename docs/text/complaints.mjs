// What is wrong, where, and what to do about it. Every tool for text, slides and docs speaks in this form:
//
//   chapters/01_first/README.md:12: what is wrong
//       the difference, if there is one
//       to do: what to do about it

export class Complaints {
    all = [];

    // diff: lines to be shown between, see difference().
    add({file, line = 1, what, toDo, diff = []}) { this.all.push({file, line, what, toDo, diff}); }

    get count() { return this.all.length; }

    // "3 faults in 12 pages", under the faults in the order of the pages; or "12 pages, all in order".
    report(counted, write = (text) => process.stdout.write(text)) {
        const order = (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line);
        for (const {file, line, what, toDo, diff} of [...this.all].sort(order)) {
            const more = [...diff, ...`to do: ${toDo}`.split('\n')];
            write(`${file}:${line}: ${what}\n${more.map((text) => `    ${text}\n`).join('')}`);
        }
        const faults = `${this.count} ${this.count === 1 ? 'fault' : 'faults'}`;
        write(this.count === 0 ? `${counted}, all in order\n` : `\n${faults} in ${counted}\n`);
    }
}

const mostLines = 40;  // of a difference; who needs more looks at the files
const mostCells = 4e6;

// The lines of two texts, marked: "- " only in the page, "+ " only in its source. Most equal lines are left out.
export function difference(page, source) {
    let head = 0;
    while (head < page.length && head < source.length && page[head] === source[head]) ++head;
    let tail = 0;
    const shorter = Math.min(page.length, source.length) - head;
    while (tail < shorter && page[page.length - 1 - tail] === source[source.length - 1 - tail]) ++tail;

    const changed = aligned(page.slice(head, page.length - tail), source.slice(head, source.length - tail));
    const before = page.slice(Math.max(0, head - 2), head);
    const after = page.slice(page.length - tail, page.length - tail + 2);
    const all = [...before.map((l) => `  ${l}`), ...changed, ...after.map((l) => `  ${l}`)].map(visible);
    if (all.length <= mostLines) return all;
    return [...all.slice(0, mostLines), `.. and ${all.length - mostLines} lines more`];
}

// White space that nobody sees is often all that differs.
function visible(line) {
    if (!/^[-+]/.test(line)) return line.trimEnd();
    const text = line.slice(2).replace(/\t/g, '→');
    const bare = text.trimEnd();
    return (line.slice(0, 2) + bare + '·'.repeat(text.length - bare.length)).trimEnd();
}

// The longest common subsequence, by the textbook.
function aligned(page, source) {
    if (page.length * source.length > mostCells) return [...page.map((l) => `- ${l}`), ...source.map((l) => `+ ${l}`)];
    const width = source.length + 1;
    const common = new Uint32Array((page.length + 1) * width);
    for (let i = page.length - 1; i >= 0; --i) {
        for (let j = source.length - 1; j >= 0; --j) {
            common[i * width + j] = page[i] === source[j]
                                        ? common[(i + 1) * width + j + 1] + 1
                                        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
        }
    }
    const marked = [];
    let i = 0;
    let j = 0;
    while (i < page.length || j < source.length) {
        if (i < page.length && j < source.length && page[i] === source[j]) {
            marked.push(`  ${page[i++]}`);
            ++j;
        } else if (j === source.length
                   || (i < page.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            marked.push(`- ${page[i++]}`);
        } else {
            marked.push(`+ ${source[j++]}`);
        }
    }
    return marked;
}

// The name in `names` that was probably meant: "did you mean X?", or the empty string.
export function didYouMean(name, names) {
    let best = null;
    for (const other of names) {
        const far = distance(name.toLowerCase(), other.toLowerCase());
        if (far <= Math.max(2, name.length / 3) && (!best || far < best.far)) best = {other, far};
    }
    return best ? `did you mean ${best.other}?` : '';
}

function distance(a, b) {
    if (Math.abs(a.length - b.length) > 12 || a.length > 200) return Infinity;
    let row = Array.from({length: b.length + 1}, (_, j) => j);
    for (let i = 1; i <= a.length; ++i) {
        const next = [i];
        for (let j = 1; j <= b.length; ++j) {
            next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
        }
        row = next;
    }
    return row[b.length];
}
