// Tables and lists that a program makes: what stands between <!-- table: NAME --> and <!-- /table -->.
import {didYouMean} from './complaints.mjs';

const makers = {
    // How long each length of the workshop takes, from the minutes of the slides.
    schedule: async (root) => (await import('../../slides/deck/schedule.mjs')).schedule(root),
    // The exercises of a lesson's chapter.
    exercises: async (root, page) => (await import('./exercises.mjs')).exerciseTable(root, page),
    // What a mentor should know of each exercise, from their folders.
    cheat_sheet: async (root, page) => (await import('./cheat_sheet.mjs')).cheatSheet(root, page)
};

// [{first, last: the two comments, want: lines}], or with {what, toDo} what is wrong, each.
export async function tablesOf(page, {comments, lines}, root) {
    const found = [];
    let open = null;
    const unended = () =>
        found.push({first: open.line, what: 'this table has no end', toDo: 'write <!-- /table --> below'});
    for (const comment of comments) {
        const begins = /^table:\s*(.*)$/.exec(comment.text);
        if (!begins && comment.text !== '/table') continue;
        if (begins && open) unended();
        if (begins) {
            open = {...comment, name: begins[1]};
        } else if (!open) {
            found.push(
                {first: comment.line, what: 'a table ends that did not begin', toDo: 'remove this, or begin one'});
        } else {
            found.push({
                first: open.last,
                last: comment.line,
                ...await tableOf(open, lines.slice(open.last, comment.line - 1), root, page)
            });
            open = null;
        }
    }
    if (open) unended();
    return found;
}

async function tableOf({name}, shown, root, page) {
    if (!Object.hasOwn(makers, name)) {
        const names = Object.keys(makers);
        return {
            what: `nothing makes a table "${name}"`,
            toDo: didYouMean(name, names) || `there is ${names.join(', ')}`
        };
    }
    try {
        return {name, shown, want: ['', ...await makers[name](root, page), '']};
    } catch (error) {
        return {what: `the table ${name} cannot be made: ${error.message}`, toDo: 'mend what it is made of'};
    }
}
