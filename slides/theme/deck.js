// Starts reveal.js, and does what it leaves to us. On a narrow screen there is no reveal: the slides are a page to scroll.
'use strict';
(() => {
    const deck = document.querySelector('.deck');
    const narrow = matchMedia('(max-width: 600px)');
    const inSpeakerView = window.parent !== window;
    const inPrintView = /[?&](print-pdf|view=print)\b/.test(location.search);

    if (narrow.matches && !inSpeakerView && !inPrintView) {
        const show = () => document.getElementById(location.hash.replace(/^#\/?/, ''))?.scrollIntoView();
        addEventListener('hashchange', show);
        narrow.addEventListener('change', () => location.reload());
        show();
        return;
    }
    deck.classList.add('reveal');

    // Who asked the system for less motion gets none, also when asked while the deck is open.
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const motion = () => still.matches ? {transition: 'none', backgroundTransition: 'none', autoAnimate: false}
                                       : {transition: 'fade', backgroundTransition: 'fade', autoAnimate: true};

    let printing = inPrintView;

    // The lines of the step that is shown. Without a script, and in print, all are.
    function lightLines(slide) {
        const step = [...slide.querySelectorAll('.step.visible')].pop();
        const blocks = [...slide.querySelectorAll('pre.stepped')];
        const follows = (code) => code.compareDocumentPosition(step) & Node.DOCUMENT_POSITION_FOLLOWING;
        const current = printing ? null : step ? blocks.filter(follows).pop() : blocks[0];
        for (const code of blocks) {
            for (const line of code.querySelectorAll('.line')) {
                const steps = (line.dataset.steps ?? '').split(' ');
                line.classList.toggle('lit', code === current && steps.includes(step?.dataset.step ?? '0'));
            }
            code.classList.toggle('lighting', code.querySelector('.lit') !== null);
        }
    }

    // When a slide goes away, what had the focus on it loses it. Then the new slide has it.
    let onSlide = false;
    document.addEventListener('focusin', ({target}) => { onSlide = target.closest('section') !== null; });
    function keepFocus(slide) {
        if (onSlide && !slide.contains(document.activeElement)) slide.focus({preventScroll: true});
    }

    for (const slide of deck.querySelectorAll('section')) slide.tabIndex = -1;

    Reveal.on('ready', () => {
        // "application" would take the reading keys away from a screen reader.
        deck.removeAttribute('role');
        for (const slide of Reveal.getSlides()) lightLines(slide);
    });
    const print = (now) => {
        printing = now;
        for (const slide of Reveal.getSlides()) lightLines(slide);
    };
    addEventListener('beforeprint', () => print(true));
    addEventListener('afterprint', () => print(inPrintView));
    for (const event of ['fragmentshown', 'fragmenthidden']) {
        Reveal.on(event, ({fragment}) => lightLines(fragment.closest('section')));
    }
    Reveal.on('slidechanged', ({currentSlide}) => {
        lightLines(currentSlide);
        keepFocus(currentSlide);
    });
    Reveal.on('showhelp', () => {
        const help = document.querySelector('.r-overlay-help');
        help.setAttribute('role', 'dialog');
        help.setAttribute('aria-label', 'Keys');
        help.querySelector('button').focus();
    });
    still.addEventListener('change', () => Reveal.configure(motion()));
    document.querySelector('.skip').addEventListener('click', (event) => {
        event.preventDefault();
        Reveal.getCurrentSlide().focus();
    });

    Reveal
        .initialize({
            width: 1280,
            height: 720,
            margin: 0,
            center: false,
            display: 'flex',
            hash: true,
            controlsTutorial: false,
            scrollActivationWidth: null,
            pdfSeparateFragments: false,
            pdfMaxPagesPerSlide: 1,
            totalTime: Number(deck.dataset.totalTime),
            plugins: [RevealNotes, RevealSearch, RevealZoom],
            ...motion()
        })
        .then(() => { Reveal.addKeyBinding({keyCode: 68, key: 'D', description: 'Light or dark'}, scheme.toggle); });
})();
