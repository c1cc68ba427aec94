//@todo 2
    if (auto there = rooms.find(topic)) co_return there;
    (void)co_await doorman.call(house::start_child{topic});
    co_return rooms.find(topic);
//@end
