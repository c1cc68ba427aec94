// A link says nothing of a normal end.
//@todo 2
        if (s.from != light) return self.stop();
//@end
//@todo 3
        log.push_back(to_string(s.reason));
        dark.push_back(self.now());
        while (self.now() - dark.front() > std::chrono::minutes{1}) dark.pop_front();
        if (dark.size() > 3) return self.stop();
        light_it(self);
//@end
