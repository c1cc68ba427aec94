// Does a compiler see this code? A file that nothing compiles may say what it likes, and so may lines under #if 0.
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const isSource = (file) => /\.(?:cpp|cc|cxx)$/.test(file);
export const isHeader = (file) => /\.(?:hpp|h|ipp)$/.test(file);

// A function that says so of a file of the repository; undefined when there is no build to ask.
export function compiledIn(build, root, tests) {
    const commands = build && path.join(build, 'compile_commands.json');
    if (!commands || !fs.existsSync(commands)) return undefined;
    const sources = new Set(JSON.parse(fs.readFileSync(commands, 'utf8')).map(({file}) => file));
    const words = [...tests.values()].flatMap(({command}) => command ?? []);
    let headers;
    return (file) => {
        const full = path.join(root, file);
        if (isSource(file)) return sources.has(full) || words.some((word) => word.endsWith(full));
        headers ??= includedIn(build);
        return headers === null || headers.has(full);
    };
}

// All files that the last build included; null when ninja cannot say.
function includedIn(build) {
    try {
        const said =
            execFileSync('ninja', ['-C', build, '-t', 'deps'], {encoding: 'utf8', maxBuffer: 1e9, stdio: 'pipe'});
        const files = new Set(said.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.trim()));
        return new Set([...files]
                           .filter((file) => fs.existsSync(path.resolve(build, file)))
                           .map((file) => fs.realpathSync(path.resolve(build, file))));
    } catch {
        return null;
    }
}

// The first of these lines (`first` to `last`, counted from 1) that is switched off: under #if 0, or in a comment that
// began above. Null when all are seen.
export function switchedOff(text, first, last) {
    const conditions = [];
    for (const [i, line] of text.split('\n').entries()) {
        const directive = /^\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b\s*(.*)$/.exec(line);
        if (directive?.[1].startsWith('if')) conditions.push(/^(?:0|false)\b/.test(directive[2]));
        else if (directive?.[1] === 'endif') conditions.pop();
        else if (directive) conditions[conditions.length - 1] = false;
        if (i + 1 >= first && i + 1 <= last && conditions.includes(true)) return i + 1;
    }
    return commentAround(text, first) ? first : null;
}

// Is the beginning of this line inside a /* comment */?
function commentAround(text, number) {
    const before = text.split('\n').slice(0, number - 1).join('\n') + '\n';
    const token =
        /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|R"([^\s()\\]{0,16})\([^]*?(?:\)\1"|$)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
    let open = false;
    for (const [found] of before.matchAll(token)) open = found.startsWith('/*') && !found.endsWith('*/');
    return open;
}
