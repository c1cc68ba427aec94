// Is a block what a test printed? In order, in any order, or with gaps; and up to what its normalisers allow.
import {bareLine, Renaming, sorted} from './normalisers.mjs';

const mostTries = 20000;  // of lines against lines; a block that needs more is not equal for any reader either

export const isGap = (line) => line.trim() === '...';

// {same}, with lost: the first stretch between gaps that is not there.
export function compare(block, printed, names, rules) {
    const own = names.flatMap((name) => rules.get(name) ?? []);
    const bare = (lines) => lines.map((line) => bareLine(line, own));
    const output = bare(printed);
    if (names.includes(sorted)) return {same: inAnyOrder(bare(block), output)};
    if (block.some(isGap)) return withGaps(block, output, bare);
    const renaming = new Renaming();
    const shown = bare(block);
    return {same: shown.length === output.length && shown.every((line, i) => renaming.match(line, output[i]))};
}

function inAnyOrder(shown, output) {
    if (shown.length !== output.length) return false;
    const renaming = new Renaming();
    const free = new Set(output);
    let tries = 0;
    const place = (i) => {
        if (i === shown.length) return true;
        for (const line of free) {
            if (++tries > mostTries) return false;
            const before = renaming.size;
            if (!renaming.match(shown[i], line)) continue;
            free.delete(line);
            if (place(i + 1)) return true;
            free.add(line);
            renaming.forget(before);
        }
        return false;
    };
    return place(0);
}

// Stretches of lines that follow each other in the output, with at least one line left out at each gap.
function withGaps(block, output, bare) {
    const stretches = [[]];
    for (const line of block) {
        if (isGap(line)) stretches.push([]);
        else stretches.at(-1).push(line);
    }
    const bared = stretches.map(bare);
    const renaming = new Renaming();
    let furthest = 0;
    let tries = 0;
    const stands = (stretch, at) =>
        stretch.every((line, i) => at + i < output.length && renaming.match(line, output[at + i]));
    const place = (i, from) => {
        furthest = Math.max(furthest, i);
        const [first, last] = [i === 0, i === bared.length - 1];
        const stretch = bared[i];
        const latest = output.length - stretch.length;
        const earliest = last && !first ? Math.max(from, stretch.length ? latest : from) : from;
        for (let at = earliest; at <= (first ? 0 : latest); ++at) {
            if (++tries > mostTries) return false;
            const before = renaming.size;
            if (stands(stretch, at)) {
                if (last || place(i + 1, at + stretch.length + 1)) return true;
            }
            renaming.forget(before);
            if (last && stretch.length === 0) break;
        }
        return false;
    };
    const same = place(0, 0);
    return {same, lost: same ? [] : stretches[furthest]};
}
