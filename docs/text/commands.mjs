// Commands that a page shows: those in a block, which a test must have called, and ./workbook named in passing.
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import {didYouMean} from './complaints.mjs';
import {noSuchTest, printedBy} from './tests.mjs';

// What is typed, without what goes before it and behind it; a command for chapter 2 stands for one for chapter 01.
const plain = (line) => line.trim().replace(/^(?:[A-Z_]+=\S*\s+)+/, '').replace(/\s+#.*$/, '').replace(/\s+/g, ' ');
const ofChapter = /^(\.\/workbook (?:demo|test|bench|new chapter) (?:check)?)(\d\d?)(?= |$)/;
const anyChapter = (command) => command.replace(ofChapter, '$1NN');

// Does the command name a chapter that is not there?
function namesNoChapter(command, root) {
    const [, begin, number] = ofChapter.exec(command) ?? [];
    if (!number || begin.includes(' new ')) return false;
    const chapters = fs.readdirSync(path.join(root, 'chapters'));
    return !chapters.some((name) => name.startsWith(`${number.padStart(2, '0')}_`));
}

export async function judgeCommand(block, page, house) {
    const {target, options} = block.marker;
    if (options.length > 0) return {what: `"${options[0]}" means nothing here`, toDo: 'only the name of a test'};
    const missing = noSuchTest(target, house.tests);
    if (missing) return missing;
    const commands = block.body.join('\n').replace(/\s*\\\n\s*/g, ' ').split('\n');  // a \ goes on in the next line
    const lines = commands.map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
    if (lines.length === 0) return {what: 'a block of commands without a command', toDo: 'write one, or remove it'};
    const prompt = lines.find((line) => /^[$%>] /.test(line));
    if (prompt)
        return {what: `"${prompt}" begins with a prompt`, toDo: 'write the command alone, so that it can be copied'};
    const nowhere = lines.find((line) => namesNoChapter(plain(line), house.root));
    if (nowhere) return {what: `"${nowhere}" fails: there is no such chapter`, toDo: 'name one that is there'};
    const {ran, ...other} = await printedBy(target, house);
    if (!ran) return other;
    const known = new Set(ran.map(plain).map(anyChapter));
    const never = lines.find((line) => !known.has(anyChapter(plain(line))));
    if (never === undefined) return {same: true};
    const own = [...new Set(ran)].filter((command) => command.startsWith('./workbook'));
    return {
        what: `the test ${target} does not run "${never}"`,
        toDo: `${own.length > 0 ? `it runs ${own.slice(0, 12).join(', ')}. ` : ''}Let it run this, or name another test`
    };
}

// The commands of ./workbook and the flags of each, as `./workbook help` tells them: {command: its text}.
export function readHelp(root) {
    const workbook = path.join(root, 'workbook');
    if (!fs.existsSync(workbook)) return null;
    const {stdout, status} = spawnSync('bash', [workbook, 'help'], {encoding: 'utf8', cwd: root});
    if (status !== 0) return null;
    const commands = {};
    let name = null;
    for (const line of stdout.split('\n')) {
        name = /^ {2}([a-z]+)(?= |$)/.exec(line)?.[1] ?? (/^ {4}/.test(line) ? name : null);
        if (name) commands[name] = `${commands[name] ?? ''}${line}\n`;
        else commands[''] = `${commands[''] ?? ''}${line}\n`;  // flags that every command takes
    }
    return commands;
}

// `./workbook text --check` in a sentence: is there such a command, with such a flag?
export function commandsInPassing({codes}, help) {
    if (!help) return [];
    return codes.map((code) => ({...code, text: plain(code.text)}))
        .filter(({text}) => text.startsWith('./workbook '))
        .flatMap(({text, line}) => {
            const [name, ...words] = text.split(/\s+/).slice(1);
            if (name.startsWith('-') || /^[A-Z.]+$/.test(name)) return [];
            if (!Object.hasOwn(help, name)) {
                const names = Object.keys(help).filter(Boolean);
                const guess = didYouMean(name, names);
                return [{
                    line,
                    what: `there is no command ./workbook ${name}`,
                    toDo: guess || `there are ${names.join(', ')}`
                }];
            }
            if (/\[(?:ARGS|OPTIONS)\.\.\.\]/.test(help[name])) return [];  // it hands them to another program
            const known = (help[name] + help['']).match(/--[a-z][\w-]*/g);
            const unknown = words.find((word) => /^--[a-z]/.test(word) && !known.includes(word.replace(/=.*/, '')));
            return unknown
                       ? [{line, what: `./workbook ${name} has no ${unknown}`, toDo: `see ./workbook help: ${name}`}]
                       : [];
        });
}
