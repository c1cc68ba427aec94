// Greets.
inline auto greet(auto name) { return "hello, " + name + "!"; }
