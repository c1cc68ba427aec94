// Light or dark: what the reader has chosen before, else what the system says. Runs before the page is painted.
'use strict';
const scheme = (() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const printing = /[?&](print-pdf|view=print)\b/.test(location.search);
    const kept = () => {
        try {
            return localStorage.getItem('half-scheme');
        } catch {
            return null;  // a browser may keep nothing for pages from a disk
        }
    };
    const show = () => {
        const dark = !printing && (kept() ?? (system.matches ? 'dark' : 'light')) === 'dark';
        document.documentElement.dataset.scheme = dark ? 'dark' : 'light';
    };
    const toggle = () => {
        const other = document.documentElement.dataset.scheme === 'dark' ? 'light' : 'dark';
        try {
            localStorage.setItem('half-scheme', other);
        } catch {}
        document.documentElement.dataset.scheme = other;
    };
    show();
    system.addEventListener('change', show);
    addEventListener('storage', show);
    addEventListener('beforeprint', () => { document.documentElement.dataset.scheme = 'light'; });
    addEventListener('afterprint', show);
    return {toggle};
})();
