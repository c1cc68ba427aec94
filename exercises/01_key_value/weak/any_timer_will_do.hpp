//@todo 4
        const auto found = entries.find(e.key);
        if (found != entries.end()) entries.erase(found);
//@end
