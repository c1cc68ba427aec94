// The lengths in which the workshop is held, from short to long. A slide is in the one that its data-length names, and in
// all that are longer. Of each chapter's exercises, the first few are done.
export const lengths = [
    {mark: 'talk', folder: 'talk', title: 'The talk', minutes: 90, lunches: 0, exercises: 0},
    {mark: 'half', folder: 'half_day', title: 'Half a day', minutes: 240, lunches: 0, exercises: 1},
    {mark: 'full', folder: 'two_days', title: 'Two days', minutes: 840, lunches: 2, exercises: 3}
];

export const marks = lengths.map(({mark}) => mark);

export function slidesIn(slides, length) {
    const shorter = marks.slice(0, marks.indexOf(length.mark) + 1);
    return slides.filter((slide) => shorter.includes(slide.length));
}

// Of minutes such as 1.1 and 2.2, as a reader adds them.
export const sum = (slides) => Math.round(100 * slides.reduce((all, {minutes}) => all + (minutes || 0), 0)) / 100;

// Nobody listens for longer than 50 minutes: then there are 10 of break. Lunch, an hour, parts a day in two.
export function pauses({minutes, lunches}) {
    const lunch = 60 * lunches;
    const sittings = Math.max(1, 2 * lunches);
    const sitting = (minutes - lunch) / sittings;
    const breaks = 10 * sittings * Math.max(0, Math.ceil((sitting - 50) / 60));
    return {lunch, breaks, work: minutes - lunch - breaks};
}
