// Turns a public header into what Doxygen 1.9.4 reads, line for line.
//
// - The comment that opens the file becomes the text of the file's page.
// - What is indented in a comment is shown as code (or as it stands, when no line of it ends like code).
// - Members that say all in their declaration get the sentence that everybody would write.
// - Specialisations of other people's templates are left out: Doxygen does not know those templates.
// - Includes of other people's headers are left out: a graph of ours is worth drawing.
// - Marks of regions are left out: Doxygen would take them for comments.
// - Every comment says which chapter it is from. Nobody has to write that.

const opening = /^\/\/(?: |$)/;
const block = /^\s*\/\/\/(?!<)/;
const behind = /\/\/\/</;
const foreign = /^(?:template <.*> )?(?:class|struct) (?!half\b)\w+::/;
const closing = /^[^\s/].*;\s*(?:\/\/.*)?$/;  // of what begins at the margin
const template = /^\s*template </;
const comment = /^\s*\/\//;
const otherInclude = /^#include <(?!\d\d_)/;
const region = /^\s*\/\/! \[[\w-]+\]\s*$/;

const trivial = [
    [/\boperator(==|<=>)\(const [\w:]+&\) const\s*= default;/, 'Compares all members, in order.'],
    [/\bauto\s+operator<=>\(const [\w:]+&\) const\s*= default;/, 'Compares all members, in order.'],
    [/^\s*(explicit )?(\w+)\(\2&& other\)/, 'Moves.'],
    [/^\s*(\w+)& operator=\(\1&& other\)/, 'Moves.'],
    [/^\s*(\w+)\((const )?\1&\w*\)\s*= delete;|\boperator=\(.*= delete;/, 'It cannot be copied.'],
    [/^\s*~\w+\(\) \{/, 'Destroys what it owns.'],
    [/^\s*(explicit )?\w+\((detail::[\w]+|std::coroutine_handle<promise_type>)&? \w+\)/, 'For the runtime.'],
    [/\bawait_(ready|suspend|resume)\(/, 'For `co_await`.'],
    [/^\s*using (promise_type|waits_in_a_process)\s*=/, 'For `co_await`.'],
];
const sentenceFor = (line) => trivial.find(([pattern]) => pattern.test(line))?.[1];

// Empty lines around an indented part become the marks of a code block.
function showCode(lines) {
    const textOf = (line) => line.slice(line.indexOf('///') + 3);
    const indented = (line) => line !== undefined && /^ {5}/.test(textOf(line));
    const empty = (line) => line !== undefined && textOf(line).trim() === '';
    const shown = [...lines];
    for (let begin = 0; begin < lines.length; ++begin) {
        if (!indented(lines[begin])) continue;
        let end = begin;
        while (indented(lines[end]) || (empty(lines[end]) && indented(lines[end + 1]))) ++end;
        const isCode = lines.slice(begin, end).some((line) => /[;{}]\s*(\/\/.*)?$/.test(textOf(line)));
        if (empty(lines[begin - 1])) {
            shown[begin - 1] += ` @code{${isCode ? '.cpp' : '.unparsed'}}`;
            shown[empty(lines[end]) ? end : end - 1] += ' @endcode';
        }
        begin = end;
    }
    return shown;
}

// A specialisation is blanked, with the template line and the comment above it: what follows is not what they are about.
function withoutForeign(lines) {
    const kept = [...lines];
    for (let begin = 0; begin < lines.length; ++begin) {
        if (!foreign.test(lines[begin])) continue;
        let end = begin;
        while (end + 1 < lines.length && !closing.test(lines[end])) ++end;
        let first = template.test(lines[begin - 1] ?? '') ? begin - 1 : begin;
        while (block.test(lines[first - 1] ?? '')) --first;
        kept.fill('', first, end + 1);
        begin = end;
    }
    return kept;
}

export function filterHeader(text, chapter) {
    const said = ` @introduced_${chapter}`;
    const lines =
        withoutForeign(text.split('\n').map((line) => (region.test(line) || otherInclude.test(line) ? '' : line)));
    let at = 0;
    while (opening.test(lines[at] ?? '')) ++at;

    const out = showCode(lines.slice(0, at).map((line) => `/${line}`));
    if (at) out[at - 1] += ` @for_the_file${said}`;
    while (at < lines.length) {
        const begin = at++;
        const line = lines[begin];
        if (block.test(line)) {
            while (block.test(lines[at] ?? '')) ++at;
            out.push(...showCode(lines.slice(begin, at)));
            out[at - 1] += said;
        } else if (behind.test(line)) {
            const isLast = !/^\s*\/\/\/</.test(lines[at] ?? '');
            out.push(isLast ? line + said : line);
        } else {
            const declaration = template.test(line) ? lines[at] ?? '' : line;
            const above = lines[begin - 1] ?? '';
            const sentence = comment.test(above) || template.test(above) ? null : sentenceFor(declaration);
            out.push(sentence ? `/** ${sentence}${said} */ ${line}` : line);
        }
    }
    return out.join('\n');
}
