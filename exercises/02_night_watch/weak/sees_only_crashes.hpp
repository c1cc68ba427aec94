//@todo 3
        if (s.reason.expected()) return;
        log.push_back(s.reason.what);
        dark.push_back(self.now());
        while (self.now() - dark.front() > std::chrono::minutes{1}) dark.pop_front();
        if (dark.size() > 3) return self.stop(std::move(s.reason));
        light_it(self);
//@end
