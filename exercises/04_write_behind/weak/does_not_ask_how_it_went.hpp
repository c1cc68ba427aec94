//@todo 3
        (void)w;
        for (const tab& t : carried)
            if (owed[t.guest] == t.coins) std::erase(waiting, t.guest);
        carried.clear();
        if (waiting.size() >= batch) send_the_boy(self);
//@end
