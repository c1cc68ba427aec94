//@todo 2
        co_await half::sleep(std::chrono::seconds{1});
        to.cast(station::line{"21 "});
//@end
