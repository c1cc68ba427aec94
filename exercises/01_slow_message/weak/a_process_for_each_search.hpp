//@todo 1
    struct clerk {
        struct find { search what; half::from<std::string> reader; };

        half::task<> handle(find f) {
            co_await half::sleep(std::chrono::seconds{f.what.pages});
            f.reader.reply("all about " + f.what.word);
        }
    };

    void handle(search s, half::from<std::string> reader, half::self<desk> self) {
        self.spawn(clerk{}).cast(clerk::find{std::move(s), std::move(reader)});
    }
//@end
