//@todo 1
    "abx", "axb", "bax", "bxa", "xab", "xba",
//@end
