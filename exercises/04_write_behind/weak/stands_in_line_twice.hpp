//@todo 1
        owed[n.guest] = n.coins;
        waiting.push_back(n.guest);
        if (waiting.size() >= batch) send_the_boy(self);
//@end
