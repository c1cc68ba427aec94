//@todo 1
        auto seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            sealed->next = nullptr;
            auto news    = reinterpret_cast<std::uintptr_t>(sealed) | (seen == idle ? one : more(seen));
            if (word_.compare_exchange_weak(seen, news, std::memory_order_acq_rel, std::memory_order_relaxed))
                return seen == idle;
        }
//@end
