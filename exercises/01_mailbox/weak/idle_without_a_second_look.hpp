//@todo 3
        word_.store(idle, std::memory_order_release);
        return true;
//@end
