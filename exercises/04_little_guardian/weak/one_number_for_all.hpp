//@todo 1
        book["the last"] = k.catches;
//@end
//@todo 2
        (void)f;
        const auto found = book.find("the last");
        if (found == book.end()) return std::nullopt;
        return found->second;
//@end
