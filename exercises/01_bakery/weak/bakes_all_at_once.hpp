//@todo 1
        waiting.push_back({std::move(o.name), std::move(caller)});
        self.send_after(std::chrono::minutes{10}, baked{});
//@end
//@todo 2
        auto [name, caller] = std::move(waiting.front());
        waiting.pop_front();
        caller.reply("a cake for " + name);
//@end
