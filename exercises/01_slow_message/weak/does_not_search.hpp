//@todo 1
    std::string handle(search s) { return "all about " + s.word; }
//@end
