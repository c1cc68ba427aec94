//@todo 2
        if (!carried.empty() || waiting.empty()) return;
        for (std::size_t i = 0; i < std::min(batch, waiting.size()); ++i) {
            const auto& guest = waiting[waiting.size() - 1 - i];
            carried.push_back({guest, owed[guest]});
        }
        self.spawn(boy{cellar, self, carried});
//@end
