// Finds and starts Chromium: $CHROMIUM, or what is installed.
import {accessSync, constants} from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const words = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--font-render-hinting=none'
];

// Its path, or null.
export function findChromium() {
    const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
    const files = process.env.CHROMIUM ? [process.env.CHROMIUM]
                                       : names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
    return files.find(isProgram) ?? null;
}

function isProgram(file) {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

export async function startChromium(executablePath) {
    const {chromium} = await import('playwright-core');
    return chromium.launch({executablePath, args: words});
}
