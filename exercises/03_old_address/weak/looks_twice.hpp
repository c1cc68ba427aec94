//@todo 2
        to.cast(station::open_report{"noon"});
        co_await half::sleep(std::chrono::seconds{1});
        to.cast(station::line{"21 "});
//@end
