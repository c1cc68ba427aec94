//@todo 3
        for (const tab& t : carried)
            if (w.well) std::erase(waiting, t.guest);
        carried.clear();
        if (w.well && waiting.size() >= batch) send_the_boy(self);
//@end
