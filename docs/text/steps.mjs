// Steps of a highlight: "struct get..struct add | int count" are lines of code, "3-4|7" is what reveal.js reads.

// {numbers}, or {fault, toDo}.
export function stepsOf(text, lines) {
    const numbers = [];
    for (const step of text.split('|').map((s) => s.trim())) {
        if (!step) {
            return {fault: 'a step is empty', toDo: 'write words of a line between the bars; they cannot hold a bar'};
        }
        const ends = step.split(/(?<!\.)\.\.(?!\.)/).map((s) => s.trim());
        if (ends.length > 2 || ends.includes('')) {
            return {fault: `the step "${step}" is no range`, toDo: 'write first words..last words'};
        }
        let at = -1;
        const found = [];
        for (const words of ends) {
            at = lines.findIndex((line, i) => i >= at && line.includes(words));
            if (at < 0) return {fault: `no line holds the words of the step "${words}"`, toDo: nearest(words, lines)};
            found.push(at + 1);
        }
        numbers.push(found[0] === found.at(-1) ? `${found[0]}` : `${found[0]}-${found.at(-1)}`);
    }
    return {numbers: numbers.join('|')};
}

// A line that holds them but for spaces, or what else to do.
function nearest(words, lines) {
    const bare = (s) => s.replace(/\s+/g, '');
    const near = lines.find((line) => bare(line).includes(bare(words)));
    return near ? `write it with the spaces of its line: ${near.trim()}`
                : 'use words of a line of this region, in order';
}

// ```cpp [2-4|7]: {lang, numbers, rest}.
export function stepsInFence(info) {
    const match = /^([^\s[]*)\s*(?:\[([\d\s,:|-]*)\])?\s*(.*)$/.exec(info);
    return {lang: match[1], numbers: match[2]?.replace(/\s/g, ''), rest: match[3]};
}
