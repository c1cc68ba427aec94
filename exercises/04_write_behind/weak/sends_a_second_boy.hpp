//@todo 2
        if (waiting.empty()) return;
        carried.clear();
        for (std::size_t i = 0; i < std::min(batch, waiting.size()); ++i)
            carried.push_back({waiting[i], owed[waiting[i]]});
        self.spawn(boy{cellar, self, carried});
//@end
