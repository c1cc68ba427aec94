//@todo 1
        .start = [](const std::string& topic) { return room{topic}; },
//@end
