//@todo 2
        auto& found = entries[g.key];
        if (found.value.empty()) return std::nullopt;
        return found.value;
//@end
