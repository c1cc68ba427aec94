//@todo 2
        auto [name, caller] = std::move(waiting.front());
        waiting.pop_front();
        caller.reply("a cake for " + name);
//@end
