// Runs the command of a test and gives what it printed.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const mostBytes = 10e6;

// Who looks at output must not be run for its output.
export const isNested = () => process.env.HALF_TEXT_IS_RUNNING !== undefined;

// Programs that run now, and the folders of what they print. Whoever ends the tool ends them, too.
const running = new Set();
const folders = new Set();
process.on('exit', () => {
    running.forEach(killAll);
    folders.forEach(remove);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(2));

// A test says the same wherever it runs.
const steady = {
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    NO_COLOR: '1',
    COLUMNS: '100'
};

// {output: lines, ran: commands that it noted in $HALF_RAN}, {skipped}, or {fault, output}. Both streams go into one
// file, so their order is kept.
export async function runTest(test) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'half-text-'));
    folders.add(folder);
    try {
        const file = path.join(folder, 'output');
        const noted = path.join(folder, 'ran');
        fs.writeFileSync(noted, '');
        const {problem, status} = await run(test, file, noted, test.seconds);
        const printed = fs.readFileSync(file).subarray(0, mostBytes).toString().replace(/\r\n/g, '\n');
        const output = trimmed(printed.split('\n'));
        if (problem) return {fault: problem, output};
        const skip = test.skips.some((pattern) => new RegExp(pattern, 'm').test(printed));
        if (skip) return {skipped: output.find((line) => /skip/i.test(line)) ?? 'skipped'};
        if (status !== 0) return {fault: `ended with ${status}`, output};
        const ran = fs.readFileSync(noted, 'utf8').split('\n').filter(Boolean);
        return {output: ofGoogleTest(output) ?? output, ran};
    } finally {
        remove(folder);
    }
}

function remove(folder) {
    fs.rmSync(folder, {recursive: true, force: true});
    folders.delete(folder);
}

function run({command, folder, environment}, file, noted, seconds) {
    const out = fs.openSync(file, 'w');
    return new Promise((resolve) => {
               const child = spawn(command[0], command.slice(1), {
                   cwd: folder,
                   env: {...process.env, ...environment, ...steady, HALF_RAN: noted, HALF_TEXT_IS_RUNNING: '1'},
                   stdio: ['ignore', out, out],
                   detached: true  // a group of its own, so that all of it can be ended
               });
               let problem = null;
               const timer = setTimeout(() => {
                   problem = `did not end within ${seconds} s`;
                   killAll(child.pid);
               }, seconds * 1000);
               running.add(child.pid);
               child.on('error', (error) => {
                   running.delete(child.pid);
                   clearTimeout(timer);
                   resolve({problem: `cannot be started (${error.message})`});
               });
               child.on('exit', (code, signal) => {
                   running.delete(child.pid);
                   clearTimeout(timer);
                   resolve({problem, status: code ?? signal});
               });
           })
        .finally(() => fs.closeSync(out));
}

function killAll(group) {
    try {
        process.kill(-group, 'SIGKILL');
    } catch {
        // It ended by itself just now.
    }
}

function trimmed(lines) {
    let [first, last] = [0, lines.length];
    while (first < last && !lines[first].trim()) ++first;
    while (last > first && !lines[last - 1].trim()) --last;
    return lines.slice(first, last);
}

// What stands between `[ RUN ]` and `[ OK ]`; null when it is no such program.
function ofGoogleTest(lines) {
    const begin = lines.findIndex((line) => /^\[ RUN {6}\] /.test(line));
    if (begin < 0) return null;
    const found = [];
    for (const line of lines.slice(begin + 1)) {
        const [, before, ended] = /^(.*?)(\[ {7}OK \] .*)?$/.exec(line);
        if (before || !ended) found.push(before);
        if (ended) break;
    }
    return trimmed(found);
}
