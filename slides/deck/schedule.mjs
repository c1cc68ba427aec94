// The table of docs/workshop/README.md: what each chapter takes in each length of the workshop, as lines of Markdown.
import {readDecks} from './deck.mjs';
import {lengths, pauses, slidesIn, sum} from './lengths.mjs';

export function schedule(root) {
    const decks = readDecks(root).filter(({slides}) => sum(slides) > 0);
    const taken = (length) => sum(slidesIn(decks.flatMap(({slides}) => slides), length));
    const rows = [
        ...decks.map(({number, title, slides}) => [`${number} ${title}`, (length) => sum(slidesIn(slides, length))]),
        ['**Slides**', (length) => `**${taken(length)}**`], ['Breaks', (length) => pauses(length).breaks],
        ['Lunch', (length) => pauses(length).lunch],
        ['Left for questions and exercises', (length) => pauses(length).work - taken(length)],
        ['**In all**', (length) => `**${length.minutes}**`]
    ];
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [
        line(['minutes', ...lengths.map(({title}) => title)]), `|---|${lengths.map(() => '---:|').join('')}`,
        ...rows.map(([name, minutes]) => line([name, ...lengths.map(minutes)]))
    ];
}
