// The language that a fence names, by the name of the file that it shows.
import path from 'node:path';

const languages = {
    cpp: ['.cpp', '.hpp', '.h', '.ipp'],
    bash: ['.sh', 'workbook', 'run'],
    cmake: ['.cmake', 'CMakeLists.txt'],
    javascript: ['.mjs', '.js'],
    markdown: ['.md'],
    erlang: ['.erl'],
    sql: ['.sql'],
    html: ['.html', '.heex'],
    css: ['.css'],
    json: ['.json'],
    dot: ['.dot'],
    xml: ['.svg', '.xml'],
    yaml: ['.yml', '.yaml'],
    diff: ['.patch']
};

const byEnding = new Map(Object.entries(languages).flatMap(([name, endings]) => endings.map((end) => [end, name])));

// null for a file that no language is known for.
export const languageOf = (file) =>
    byEnding.get(path.posix.basename(file)) ?? byEnding.get(path.posix.extname(file)) ?? null;
