//@todo 2
        if (!carried.empty() || waiting.empty()) return;
        while (!waiting.empty() && carried.size() < batch) {
            carried.push_back({waiting.front(), owed[waiting.front()]});
            waiting.erase(waiting.begin());
        }
        self.spawn(boy{cellar, self, carried});
//@end
//@todo 3
        carried.clear();
        if (w.well && waiting.size() >= batch) send_the_boy(self);
//@end
