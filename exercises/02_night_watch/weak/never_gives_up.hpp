//@todo 3
        log.push_back(to_string(s.reason));
        light_it(self);
//@end
