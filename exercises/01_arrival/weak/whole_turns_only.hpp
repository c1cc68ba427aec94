// As if Anna wrote both in one go.
//@todo 1
    "abx", "xab",
//@end
