//@todo 1
        entries.emplace(p.key, entry{std::move(p.value), ++puts});
        if (p.keep != half::forever) self.send_after(p.keep, expire{p.key, puts});
//@end
