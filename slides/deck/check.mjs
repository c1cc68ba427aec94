export function check(decks, options, complaints) {}
