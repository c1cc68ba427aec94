//@todo 1
    struct found { std::string word; half::from<std::string> reader; };

    void handle(search s, half::from<std::string> reader, half::self<desk> self) {
        self.send_after(std::chrono::seconds{s.pages}, found{std::move(s.word), std::move(reader)});
    }
    void handle(found f) { f.reader.reply("all about " + f.word); }
//@end
