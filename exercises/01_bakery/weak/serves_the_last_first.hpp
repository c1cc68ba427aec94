//@todo 2
        auto [name, caller] = std::move(waiting.back());
        waiting.pop_back();
        caller.reply("a cake for " + name);
        if (!waiting.empty()) self.send_after(std::chrono::minutes{10}, baked{});
//@end
