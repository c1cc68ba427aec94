// Writes blocks and tables anew into a page. Nothing but their own lines is touched.

// A fence that is longer than any in the body.
function fenceFor(fence, body) {
    const runs = body.map((line) => new RegExp(`^\\s*(${fence[0]}{3,})`).exec(line)?.[1].length ?? 0);
    return fence[0].repeat(Math.max(fence.length, ...runs.map((run) => run && run + 1)));
}

// The lines of a block with this body, as they stand in the page: behind the marks of its list or quote.
export function blockEdit(block, {want, info = block.info}, lines) {
    const {first, last, fence, indent, prefix} = block;
    const longer = fenceFor(fence, want);
    const [begin, end] = [lines[first - 1], lines[last - 1]];
    const at = begin.indexOf(fence);
    const rest = info === block.info ? begin.slice(at + fence.length) : info;
    const before = end.slice(0, end.indexOf(fence));
    const margin = prefix + ' '.repeat(indent);
    return {
        first,
        last,
        lines: [
            begin.slice(0, at) + longer + rest, ...want.map((line) => (margin + line).trimEnd() || ''), before + longer
        ]
    };
}

export const tableEdit = ({first, last, want}) => ({first: first + 1, last: last - 1, lines: want});

// The page after all edits.
export function edited(lines, edits) {
    const next = [...lines];
    for (const {first, last, lines: fresh} of [...edits].sort((a, b) => b.first - a.first)) {
        next.splice(first - 1, last - first + 1, ...fresh);
    }
    return next;
}
