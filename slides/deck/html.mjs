// Text for HTML, in content and in quoted attributes.
const signs = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\'': '&#39;'
};

export const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => signs[sign]);
