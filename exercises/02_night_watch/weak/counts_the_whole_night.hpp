//@todo 3
        log.push_back(to_string(s.reason));
        dark.push_back(self.now());
        if (dark.size() > 3) return self.stop(std::move(s.reason));
        light_it(self);
//@end
