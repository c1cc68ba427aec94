// Runs in the page: what is wrong with the looks of one slide as it is shown now, as
// {kind, amount, words, toDo}: of each kind of fault the worst. Numbers are pixels of a slide of 1280 by 720, whatever size
// the window is.
export function measure(slide) {
    const least = {letters: 18, picture: 80, contrast: 4.5};
    const margin = 40;

    const whole = slide.getBoundingClientRect();
    const scale = whole.width / 1280;
    const to1280 = (rect) => ({
        left: (rect.left - whole.left) / scale,
        right: (rect.right - whole.left) / scale,
        top: (rect.top - whole.top) / scale,
        bottom: (rect.bottom - whole.top) / scale
    });
    const footer = slide.querySelector(':scope > footer');
    const inside =
        {left: margin, right: 1280 - margin, top: margin, bottom: to1280(footer.getBoundingClientRect()).top};
    const found = new Map();
    function say(kind, amount, words, toDo = 'Say less on it, or make two slides of it.') {
        if (!(found.get(kind)?.amount >= amount)) found.set(kind, {kind, amount, words, toDo});
    }
    const short = (text) => `"${text.trim().replace(/\s+/g, ' ').slice(0, 40)}"`;

    function within(rect, box, name, kind = '') {
        const over = {
            'too far left': box.left - rect.left,
            'too far right': rect.right - box.right,
            'too high up': box.top - rect.top,
            'too far down': rect.bottom - box.bottom
        };
        for (const [where, pixels] of Object.entries(over)) {
            if (pixels > 1) say(kind + where, pixels, `${name} is ${Math.ceil(pixels)} pixels ${where}`);
        }
    }

    // -- Text -----------------------------------------------------------------------------------------------------
    const texts = [];
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const element = node.parentElement;
        if (!node.textContent.trim() || element.closest('.notes, .step, footer, style, title')) continue;
        if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        texts.push({element, words: node.textContent, rects: [...range.getClientRects()].map(to1280)});
    }
    for (const {element, words, rects} of texts) {
        const svg = element.closest('svg');
        const code = element.closest('pre');
        const frame = (svg ?? code)?.getBoundingClientRect();
        for (const rect of rects) {
            within(rect, inside, short(words));
            if (frame) within(rect, to1280(frame), `${short(words)} in its ${svg ? 'picture' : 'block'}`, 'frame ');
        }
        const drawn = svg ? Math.hypot(element.getScreenCTM().a, element.getScreenCTM().b) / scale : 1;
        const letters = parseFloat(getComputedStyle(element).fontSize) * drawn;
        if (letters < least.letters - 0.25) {
            say('letters', -letters,
                `${short(words)} has letters of ${letters.toFixed(1)} pixels, fewer than ${least.letters}`,
                'Make the letters bigger, or give the picture more room.');
        }
        const contrast = contrastOf(inkOf(element, svg), groundOf(element, svg));
        if (contrast < least.contrast - 0.01) {
            say('contrast', -contrast,
                `${short(words)} has a contrast of ${contrast.toFixed(1)}, less than ${least.contrast}`,
                'Take colours that differ more.');
        }
    }

    // -- Things ---------------------------------------------------------------------------------------------------
    for (const thing of slide.querySelectorAll('pre, table, svg, h1, h2, p, li')) {
        if (thing.closest('.notes') || !thing.checkVisibility({visibilityProperty: true})) continue;
        within(to1280(thing.getBoundingClientRect()), inside,
               `<${thing.tagName.toLowerCase()}> ${short(thing.textContent)}`);
        const scrolls = ['auto', 'scroll', 'hidden'].includes(getComputedStyle(thing).overflowX);
        if (scrolls && thing.scrollWidth > thing.clientWidth + 1)
            say('cut', thing.scrollWidth - thing.clientWidth, `${short(thing.textContent)} is cut`);
    }
    const flow = [...slide.children].filter((thing) => !thing.matches('.notes, footer, .step'));
    for (let i = 1; i < flow.length; ++i) {
        const overlap =
            to1280(flow[i - 1].getBoundingClientRect()).bottom - to1280(flow[i].getBoundingClientRect()).top;
        if (overlap > 1)
            say('overlap', overlap,
                `${short(flow[i].textContent)} overlaps what is above it by ${Math.ceil(overlap)} pixels`);
    }
    for (const svg of slide.querySelectorAll('.picture > svg')) {
        const {top, bottom} = to1280(svg.getBoundingClientRect());
        if (bottom - top < least.picture)
            say('picture', top - bottom, `a picture is only ${Math.round(bottom - top)} pixels high`,
                'Give it more room.');
        const own = texts.filter(({element}) => element.closest('svg') === svg);
        own.forEach((one, i) => own.slice(i + 1).forEach((other) => {
            if (one.rects[0] && other.rects[0] && overlaps(one.rects[0], other.rects[0])) {
                say('over', 1, `in a picture, ${short(one.words)} lies over ${short(other.words)}`, 'Draw them apart.');
            }
        }));
    }
    return [...found.values()];

    function overlaps(a, b) {
        const slack = 4;  // boxes of letters are higher than the letters
        return a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - 2 * slack
               && b.top < a.bottom - 2 * slack;
    }

    // -- Colours ----------------------------------------------------------------------------------------------------
    function rgba(colour) {
        const [r, g, b, a = 1] = colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
        return {r, g, b, a};
    }
    function inkOf(element, svg) {
        return rgba(svg ? getComputedStyle(element).fill : getComputedStyle(element).color);
    }

    function groundOf(element, svg) {
        const below = svg && shapeBelow(element, svg);
        if (below) return below;
        for (let one = svg ?? element; one; one = one.parentElement) {
            const ground = rgba(getComputedStyle(one).backgroundColor);
            if (ground.a === 1) return ground;
        }
        return {r: 255, g: 255, b: 255, a: 1};
    }

    // The fill of the last shape before a text of a picture that lies under its middle.
    function shapeBelow(text, svg) {
        const box = text.getBoundingClientRect();
        const middle = new DOMPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
        const below = [...svg.querySelectorAll('rect, polygon, path, circle, ellipse')].filter((shape) => {
            if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) return false;
            if (shape.closest('defs') || rgba(getComputedStyle(shape).fill).a !== 1) return false;
            return shape.isPointInFill(middle.matrixTransform(shape.getScreenCTM().inverse()));
        });
        return below.length > 0 ? rgba(getComputedStyle(below.at(-1)).fill) : null;
    }

    function luminance({r, g, b}) {
        const part = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    }
    function contrastOf(one, other) {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    }
}
