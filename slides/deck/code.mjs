// What stands behind the fence of a block of code.

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
