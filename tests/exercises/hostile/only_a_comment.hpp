// told: it does not compile
// nothing to see here
