// What may differ between two runs, by the names in normalisers.txt.

const builtIn = ['sorted', 'excerpt'];

// The rules by name: [{pattern, becomes}], or throws when the file is not in order.
export function readNormalisers(text) {
    const rules = new Map();
    text.split('\n').forEach((line, i) => {
        if (!line.trim() || line.startsWith('#')) return;
        const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, '|'));
        if (cells.length !== 4) throw new Error(`normalisers.txt:${i + 1}: expected name | pattern | becomes | why`);
        const [name, pattern, becomes] = cells;
        if (!rules.has(name)) rules.set(name, []);
        rules.get(name).push({pattern: new RegExp(pattern, 'gm'), becomes: becomes === 'nothing' ? '' : becomes});
    });
    return rules;
}

export const unknownNames = (names, rules) => names.filter((name) => !builtIn.includes(name) && !rules.has(name));
export const knownNames = (rules) => [...builtIn, ...rules.keys()];

function changed(lines, rules) {
    if (lines.length === 0) return [];
    let text = lines.join('\n');
    for (const {pattern, becomes} of rules) text = text.replace(pattern, becomes);
    return text.split('\n').map((line) => line.trimEnd());
}

const equal = (a, b) => a.length === b.length && a.every((line, i) => line === b[i]);

// Is the block what the test printed, but for what `names` allow? {same, idle: names that change nothing, written: what
// the block should be, or null; left, right: the lines that should be equal}.
export function compare(block, printed, names, rules) {
    const own = names.flatMap((name) => rules.get(name) ?? []);
    const order = (lines) => (names.includes('sorted') ? [...lines].sort() : lines);
    const left = order(changed(block, own));
    const right = order(changed(printed, own));
    const excerpt = names.includes('excerpt');
    const lost = excerpt ? notIn(left, right) : [];
    const same = excerpt ? lost.length === 0 && left.some((line) => line.trim()) : equal(left, right);

    const idle = names.filter((name) => {
        if (name === 'sorted') return block.length < 2;
        if (name === 'excerpt') return same && left.length === right.length;
        return equal(changed(block, rules.get(name)), block) && equal(changed(printed, rules.get(name)), printed);
    });
    if (excerpt) return {same, idle, written: null, left: lost, right: []};
    return {same, idle, written: changed(printed, own.filter(({becomes}) => becomes === '')), left, right};
}

// The lines of an excerpt that do not stand in `all`, in its order.
function notIn(part, all) {
    let at = 0;
    return part.filter((line) => {
        const found = all.indexOf(line, at);
        if (found >= 0) at = found + 1;
        return found < 0;
    });
}
