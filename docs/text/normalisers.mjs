// What may differ between two runs, by the names in normalisers.txt.

import {Misuse} from './tests.mjs';

export const sorted = 'sorted';  // built in: the order of lines does not count

// The rules by name: [{how, pattern}].
export function readNormalisers(text) {
    const rules = new Map();
    text.split('\n').forEach((line, i) => {
        if (!line.trim() || line.startsWith('#')) return;
        const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, '|'));
        const [name, how, pattern] = cells;
        if (cells.length !== 4 || !['rename', 'erase'].includes(how)) {
            throw new Misuse(`normalisers.txt:${i + 1}: this is not name | rename or erase | pattern | why`);
        }
        if (!rules.has(name)) rules.set(name, []);
        rules.get(name).push({name, how, pattern: patternOf(pattern, i + 1)});
    });
    return rules;
}

function patternOf(text, line) {
    try {
        return new RegExp(text, 'g');
    } catch (error) {
        throw new Misuse(`normalisers.txt:${line}: ${error.message}`);
    }
}

const hole = '\u0001';

// A line without what may differ: {bare, values: [[name of the rule, what stood there]]}. Lines with the same bare text
// are equal up to their values.
export function bareLine(line, rules) {
    let bare = line.replaceAll(hole, '');
    let pieces = [];  // values in the order of their holes
    for (const {how, name, pattern} of rules) {
        if (how === 'erase') {
            bare = bare.replace(pattern, '');
            continue;
        }
        const next = [];
        let used = 0;
        const holesIn = (text) => {
            while (text.includes(hole)) {
                next.push(pieces[used++]);
                text = text.replace(hole, '');
            }
        };
        let last = 0;
        const fresh = bare.replace(pattern, (found, ...rest) => {
            const at = rest.find((part) => typeof part === 'number');
            if (found === '' || found.includes(hole)) return found;
            holesIn(bare.slice(last, at));
            next.push([name, found]);
            last = at + found.length;
            return hole;
        });
        holesIn(bare.slice(last));
        [bare, pieces] = [fresh, next];
    }
    return {bare: bare.trimEnd(), values: pieces};
}

// The names that match nothing in these lines: they would hide a change one day.
export const idleNames = (names, rules, lines) => names.filter(
    (name) => name !== sorted && !rules.get(name).some(({pattern}) => lines.some((line) => line.search(pattern) >= 0)));

// Pairs of names that belong together in two texts, both ways.
export class Renaming {
    #there = new Map();
    #back = new Map();
    #pairs = [];

    get size() { return this.#pairs.length; }

    // Takes the pairs that make one line the other, or none of them.
    match(one, other) {
        if (one.bare !== other.bare) return false;
        const before = this.size;
        for (let i = 0; i < one.values.length; ++i) {
            const [a, b] = [one.values[i].join(hole), other.values[i].join(hole)];
            if (!this.#there.has(a) && !this.#back.has(b)) {
                this.#there.set(a, b);
                this.#back.set(b, a);
                this.#pairs.push([a, b]);
            } else if (this.#there.get(a) !== b) {
                this.forget(before);
                return false;
            }
        }
        return true;
    }

    forget(size) {
        while (this.size > size) {
            const [a, b] = this.#pairs.pop();
            this.#there.delete(a);
            this.#back.delete(b);
        }
    }
}
