//@todo 2
    if (auto there = rooms.find(topic)) co_return there;
    auto opened = co_await doorman.call(house::start_child{topic});
    if (!opened) throw std::runtime_error{to_string(opened.error())};
    co_return *opened;
//@end
