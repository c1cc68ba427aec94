// How big the code of a slide is.
import {proseOf} from './deck.mjs';

// Code is as big as the rest of its slide allows. The numbers are half.css's: what is left under the heading, the height of
// a line of text, the gap between two things, the padding of a block, and how much of a letter's size a line and a column
// of code take.
const sizes = [30, 28, 26, 24, 22, 20];
const room = {
    width: 1088,
    height: 519,
    heading: 53,
    text: 43,
    picture: 220,
    gap: 24,
    padding: 28,
    line: 1.35,
    column: 0.603
};

// As an attribute of the slide.
export function codeSize({page, body, heading}) {
    if (page.blocks.length === 0) return '';
    const pictures = page.links.filter(({image}) => image).length;
    const prose = proseOf({page, body});
    const text = prose.reduce((rows, line) => rows + Math.ceil(line.length / 80), 0);
    const things = page.blocks.length + pictures + prose.length;
    const others = text * room.text + pictures * room.picture + page.blocks.length * room.padding
                   + (things - 1) * room.gap + (heading.length > 48 ? room.heading : 0);
    const fits = (size) => {
        const columns = Math.floor(room.width / (room.column * size));
        const rows =
            page.blocks.flatMap(({body, marker}) => body.map((line) => [line.length, marker?.kind === 'output']));
        const high = rows.reduce((all, [length, breaks]) => all + (breaks ? Math.ceil(length / columns) || 1 : 1), 0);
        return rows.every(([length, breaks]) => breaks || length <= columns)
               && others + high * room.line * size <= room.height;
    };
    return ` style="--code-size: ${sizes.find(fits) ?? sizes.at(-1)}px"`;
}
