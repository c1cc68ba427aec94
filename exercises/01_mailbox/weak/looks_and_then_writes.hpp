//@todo 1
        auto seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            sealed->next = seen == idle ? nullptr : pointer(seen);
            auto news    = reinterpret_cast<std::uintptr_t>(sealed) | (seen == idle ? one : more(seen));
            word_.store(news, std::memory_order_release);
            return seen == idle;
        }
//@end
