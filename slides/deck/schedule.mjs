// The table of docs/workshop/README.md: what each chapter takes in each length of the workshop, as lines of Markdown.
import {exercisesOf} from '../../docs/text/exercises.mjs';

import {readDecks} from './deck.mjs';
import {lengths, pauses, slidesIn, sum} from './lengths.mjs';

export function schedule(root) {
    const decks = readDecks(root).filter(({slides}) => sum(slides) > 0);
    const taken = (length) => sum(slidesIn(decks.flatMap(({slides}) => slides), length));
    const all = exercisesOf(root);
    const done = ({exercises}) => sum(all.filter(({place}) => place <= exercises));
    const rows = [
        ...decks.map(({number, title, slides}) => [`${number} ${title}`, (length) => sum(slidesIn(slides, length))]),
        ['**Slides**', (length) => `**${taken(length)}**`], ['Exercises', done],
        ['Breaks', (length) => pauses(length).breaks], ['Lunch', (length) => pauses(length).lunch],
        ['Left for questions', (length) => pauses(length).work - taken(length) - done(length)],
        ['**In all**', (length) => `**${length.minutes}**`]
    ];
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [
        line(['minutes', ...lengths.map(({title}) => title)]), `|---|${lengths.map(() => '---:|').join('')}`,
        ...rows.map(([name, minutes]) => line([name, ...lengths.map(minutes)]))
    ];
}
