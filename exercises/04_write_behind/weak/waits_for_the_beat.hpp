//@todo 1
        (void)self;
        owed[n.guest] = n.coins;
        if (std::ranges::find(waiting, n.guest) == waiting.end()) waiting.push_back(n.guest);
//@end
