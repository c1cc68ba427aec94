// The Markdown reader and the highlighter that come with reveal.js. They are made to run in a page; here they run when the
// decks are built, so that a deck is plain HTML, complete before any script runs.
import markdown from 'reveal.js/plugin/markdown';

const reader = markdown();
await reader.init({getConfig: () => ({}), getRevealElement: () => ({querySelectorAll: () => []})});
export const Marked = reader.marked.constructor;

// All that the highlighter asks of a page while it is loaded.
const nothing = () => ({appendChild() {}});
globalThis.window = {};
globalThis.document = {
    createElement: nothing,
    getElementsByTagName: () => [nothing()],
    addEventListener: nothing
};
const {default: highlight} = await import('reveal.js/plugin/highlight');
delete globalThis.window;
delete globalThis.document;
export const hljs = highlight().hljs;
