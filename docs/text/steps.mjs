// Steps of a highlight: "struct get..struct add | int count" are lines of code, "3-4|7" is what reveal.js reads.
import {splitOutsideTicks} from './markdown.mjs';

const tight = (text) => text.trim().replace(/\s+/g, ' ');

// {numbers}, or {fault, toDo}.
export function stepsOf(text, lines) {
    const code = lines.map(tight);
    const numbers = [];
    for (const step of splitOutsideTicks(text, '|')) {
        const ends = splitOutsideTicks(step, '..').map((words) => tight(words.replace(/^(\s*)`(.*)`(\s*)$/, '$1$2$3')));
        if (ends.length > 2 || ends.includes('')) {
            return {
                fault: step.trim() ? `the step "${step.trim()}" is no range` : 'a step is empty',
                toDo: 'write words of a line, or first words..last words; words with | ; or .. go into backticks'
            };
        }
        if (ends.length === 1 && ends[0] === 'all') {
            numbers.push(`1-${lines.length}`);
            continue;
        }
        const places = code.flatMap((line, i) => (line.includes(ends[0]) ? [i + 1] : []));
        if (places.length !== 1) return wrongWords(ends[0], places, lines);
        const [first] = places;
        if (ends.length === 1) {
            numbers.push(`${first}`);
            continue;
        }
        const last = code.findIndex((line, i) => i >= first && line.includes(ends[1])) + 1;
        if (last === 0) {
            return {
                fault: `no line after line ${first} of the region has the words "${ends[1]}"`,
                toDo: 'use words of the last line of the step'
            };
        }
        numbers.push(`${first}-${last}`);
    }
    return {numbers: numbers.join('|')};
}

function wrongWords(words, places, lines) {
    if (places.length > 1) {
        return {
            fault: `the words "${words}" are in lines ${places.join(', ')} of the region`,
            toDo: `write more of the line that is meant: ${places.map((n) => lines[n - 1].trim()).join('   or   ')}`
        };
    }
    const bare = (s) => s.replace(/\s+/g, '').toLowerCase();
    const near = lines.find((line) => bare(line).includes(bare(words)));
    return {
        fault: `no line of the region has the words "${words}"`,
        toDo: near ? `did you mean: ${near.trim()}` : 'use words of the line that is meant'
    };
}

// ```cpp [2-4|7]: {lang, numbers, rest}.
export function stepsInFence(info) {
    const match = /^([^\s[]*)\s*(?:\[([\d\s,:|-]*)\])?\s*(.*)$/.exec(info);
    return {lang: match[1], numbers: match[2]?.replace(/\s/g, ''), rest: match[3]};
}
