//@todo 1
    half::ref<half::task_supervisor> cooks = {};

    half::task<> init(half::self<kitchen> self) {
        cooks = co_await half::start_link(self, half::task_supervisor{});
    }

    half::task<> handle(order o, half::from<std::string> guest, half::self<kitchen> self) {
        auto dish = half::async(self, cooks, cook, o.dish);
        auto got  = co_await dish.try_result(half::forever);
        if (got) guest.reply(*got);
    }
//@end
