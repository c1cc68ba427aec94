//@todo 1
    struct clerk {
        struct find { search what; using reply = std::string; };

        half::task<std::string> handle(find f) {
            co_await half::sleep(std::chrono::seconds{f.what.pages});
            co_return "all about " + f.what.word;
        }
    };

    half::ref<clerk> archive = {};

    void init(half::self<desk> self) { archive = self.spawn(clerk{}); }

    half::task<std::string> handle(search s) {
        co_return co_await archive.call(clerk::find{std::move(s)}, half::forever);
    }
//@end
