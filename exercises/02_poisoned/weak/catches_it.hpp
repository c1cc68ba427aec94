//@todo 1
    half::task<> handle(order o, half::from<std::string> guest) {
        try {
            guest.reply(co_await cook(o.dish));
        } catch (const std::exception&) {
            guest.reply("sorry");
        }
    }
//@end
