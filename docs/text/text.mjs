// Looks whether the text is true, and mends it:
//
//   node docs/text/text.mjs --check|--fix [--root DIR] [--build DIR | --tests FILE] [--only still|outputs] [FILE...]
//
// --build asks ctest in that folder which tests there are; --tests reads the same from a file, as ctest writes it with
// --show-only=json-v1. --only still: all but what must be run; --only outputs: just that. Without FILEs: all pages below
// the root.
// Ends with 0 (in order), 1 (faults) or 2 (misuse).
import {look} from './look.mjs';
import {Misuse} from './tests.mjs';

try {
    process.exitCode = await look(process.argv.slice(2), (text) => process.stdout.write(text));
} catch (error) {
    if (!(error instanceof Misuse)) throw error;
    console.error(
        `text: ${error.message}\nusage: text.mjs --check|--fix [--root DIR] [--build DIR | --tests FILE] [FILE...]`);
    process.exitCode = 2;
}
