// Is every diagram that is drawn from text drawn from what the text says now?
import fs from 'node:fs';
import path from 'node:path';

import {DiagramFault, diagramKinds, drawDiagram, isDrawnFrom} from './diagrams.mjs';
import {replaceFile} from './files.mjs';

const folder = 'docs/diagrams';

// [{file, what, toDo}]; with `fix`, what could be drawn is drawn, and its name goes into `written`.
export function drawingFaults(root, fix, written) {
    if (!fs.existsSync(path.join(root, folder))) return [];
    const names = fs.readdirSync(path.join(root, folder)).sort();
    const sources = names.filter((name) => diagramKinds.includes(path.extname(name)));
    const drawn = new Map();
    const faults = [];
    for (const name of sources) {
        const file = `${folder}/${name}`;
        const svg = file.replace(/\.\w+$/, '.svg');
        if (drawn.has(svg)) {
            faults.push({file, what: `${drawn.get(svg)} is drawn to the same ${svg}`, toDo: 'rename one of them'});
            continue;
        }
        drawn.set(svg, name);
        const full = path.join(root, svg);
        const there = fs.existsSync(full);
        if (there && isDrawnFrom(fs.readFileSync(full, 'utf8'), path.join(root, file))) continue;
        if (!fix) {
            const what = there ? `${svg} was drawn from another text` : `${svg} is not drawn yet`;
            faults.push({file, what, toDo: './workbook text --fix draws it'});
            continue;
        }
        try {
            const picture = drawDiagram(path.join(root, file));
            if (there) replaceFile(full, picture);
            else fs.writeFileSync(full, picture);
            written.add(svg);
        } catch (error) {
            if (!(error instanceof DiagramFault)) throw error;
            faults.push({file, what: error.message, toDo: error.toDo});
        }
    }
    for (const name of names.filter((n) => n.endsWith('.svg') && !drawn.has(`${folder}/${n}`))) {
        const from = /^<!-- drawn from ([^,]+),/.exec(fs.readFileSync(path.join(root, folder, name), 'utf8'))?.[1];
        if (from)
            faults.push({
                file: `${folder}/${name}`,
                what: `${from}, from which it was drawn, is gone`,
                toDo: 'remove this picture, or put its text back'
            });
    }
    return faults;
}
