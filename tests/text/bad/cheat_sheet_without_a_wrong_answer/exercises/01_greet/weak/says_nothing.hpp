// Greets.
inline auto greet(auto name) { return name; }
