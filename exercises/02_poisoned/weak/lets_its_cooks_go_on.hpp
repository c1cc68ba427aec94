//@todo 1
    struct helper {
        std::string             dish;
        half::from<std::string> guest;

        half::task<> init(half::self<helper> self) {
            guest.reply(co_await cook(dish));
            self.stop();
        }
    };

    void handle(order o, half::from<std::string> guest, half::self<kitchen> self) {
        self.spawn(helper{std::move(o.dish), std::move(guest)});
    }
//@end
